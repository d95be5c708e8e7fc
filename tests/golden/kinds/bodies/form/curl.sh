curl --fail-with-body https://api.example.com/v1/import \
  -d grant_type=client_credentials \
  --data-urlencode 'scope=read write' \
  --data-urlencode 'note=50% & more'
