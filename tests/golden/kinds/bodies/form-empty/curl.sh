curl --fail-with-body https://api.example.com/v1/import \
  -d ''
