curl --fail-with-body 'https://api.example.com/v1/items?page=1' \
  -H "X-Key: ${API_KEY:?}" \
  -H 'X-Key: b'
