curl --fail-with-body https://api.example.com/v1/things/1 \
  -H 'Content-Type: application/json' \
  -d '{
    "name": "first"
  }'
