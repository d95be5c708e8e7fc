curl --fail-with-body -X PUT https://api.example.com/v1/files/2026%2Fa%20b.jsonl \
  -H 'Content-Type: application/jsonl' \
  --data-binary @- <batch.jsonl
