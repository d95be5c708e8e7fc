curl --fail-with-body --no-buffer https://api.example.com/v1/stream \
  -H 'Content-Type: application/json' \
  -d '{
    "stream": true
  }'
