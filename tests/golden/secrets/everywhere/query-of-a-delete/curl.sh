curl --fail-with-body -X DELETE 'https://api.example.com/v1/items?page=1' \
  -G \
  --data-urlencode "key=${API_KEY:?}"
