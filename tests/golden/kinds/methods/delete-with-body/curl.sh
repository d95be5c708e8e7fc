curl --fail-with-body -X DELETE https://api.example.com/v1/things/1 \
  -H 'Content-Type: application/json' \
  -d '{
    "ids": [1, 2]
  }'
