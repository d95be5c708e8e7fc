curl --fail-with-body 'https://api.example.com/v1/items?page=1' \
  -G \
  --data-urlencode "key=${API_KEY:?}" \
  -d flag \
  -d =1
