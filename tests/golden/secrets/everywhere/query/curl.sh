curl --fail-with-body -G https://api.example.com/v1/items \
  -d page=1 \
  --data-urlencode "api_key=${API_KEY:?}"
