curl --fail-with-body 'https://api.example.com/v1/items?page=1&q=a%20b' \
  -G \
  --data-urlencode "key=${API_KEY:?}" \
  -d tag=a \
  -d tag=b
