curl --fail-with-body 'https://api.example.com/v1/items?page=1' \
  -d client=x \
  --data-urlencode "client_secret=${CLIENT_SECRET:?}"
