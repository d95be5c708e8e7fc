curl --fail-with-body https://api.example.com/v1/answer \
  -H 'Content-Type: application/json' \
  -d '{
    "prompt": "Hi"
  }'
