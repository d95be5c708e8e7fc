curl --fail-with-body 'https://api.example.com/v1/items?page=1' \
  -G \
  --data-urlencode "api_key=${API_KEY:?}"
