curl --fail-with-body -X OPTIONS https://api.example.com/v1/things/1
