curl --fail-with-body --no-buffer https://api.example.com/v1/pull \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "llama",
    "stream": true
  }'
