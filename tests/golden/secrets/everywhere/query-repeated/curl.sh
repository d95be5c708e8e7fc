curl --fail-with-body -G https://api.example.com/v1/items \
  -d page=1 \
  --data-urlencode 'q=a b' \
  --data-urlencode "key=${API_KEY:?}" \
  -d tag=a \
  -d tag=b
