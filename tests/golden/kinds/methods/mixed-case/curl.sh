curl --fail-with-body -X M-search https://api.example.com/v1/things/1
