curl --fail-with-body https://api.example.com/v1/items \
  --url-query page=1 \
  --url-query "key=${API_KEY:?}" \
  --url-query limit=5 \
  -H 'Content-Type: application/json' \
  -d '{
    "a": 1
  }'
