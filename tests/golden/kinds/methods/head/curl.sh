curl --fail-with-body --head https://api.example.com/v1/things/1
