curl --fail-with-body -X PATCH https://api.example.com/v1/things/1 \
  -H 'Content-Type: application/json-patch+json' \
  -d '[
    {"op": "remove", "path": "/name"}
  ]'
