curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: application/x-ndjson' \
  -d '{"id": 1}
{"id": 2}
'
