curl --fail-with-body -X PUT https://api.example.com/v1/things/1 \
  -H 'Content-Type: application/json' \
  -d null
