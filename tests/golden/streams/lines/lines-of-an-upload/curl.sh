curl --fail-with-body --no-buffer https://api.example.com/v1/pull \
  -F 'content="\"a\"";type=application/json' \
  -F 'value="{}";type=application/json' \
  -F 'input_file=@a.txt;type=text/plain' \
  -F 'mask[]="a
b";type=text/plain' \
  --form-string 'user={"id": "a\\b"}'
