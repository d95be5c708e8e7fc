curl --fail-with-body --head -G https://api.example.com/v1/find \
  --data-urlencode 'filter=a b'
