curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: application/json' \
  -d '"just a string"'
