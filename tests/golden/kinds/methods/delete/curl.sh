curl --fail-with-body -X DELETE https://api.example.com/v1/things/1
