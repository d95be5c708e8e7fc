curl --fail-with-body https://api.example.com/v1/import \
  --form-string 'a=@not a file' \
  --form-string 'a=; type=x' \
  -F 'meta="{\"a\": 1}";type=application/json'
