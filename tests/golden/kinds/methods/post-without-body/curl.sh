curl --fail-with-body -X POST https://api.example.com/v1/things/1
