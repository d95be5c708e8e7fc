curl --fail-with-body https://api.example.com/oauth/token \
  -u "client 1:${CLIENT_SECRET:?}" \
  -d grant_type=client_credentials \
  --data-urlencode 'scope=read write' \
  --data-urlencode 'note=a&b=ü+'
