curl --fail-with-body 'https://api.example.com/v1/find?filter=a%20b&sort=desc' \
  -H 'Content-Type: application/json' \
  -d '{
    "x": 1
  }'
