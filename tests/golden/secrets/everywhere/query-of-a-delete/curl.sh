curl --fail-with-body -X DELETE -G https://api.example.com/v1/items \
  -d page=1 \
  --data-urlencode "key=${API_KEY:?}"
