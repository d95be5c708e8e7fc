curl --fail-with-body -X PURGE https://api.example.com/v1/things/1
