curl --fail-with-body -G https://api.example.com/v1/find \
  -d a%20b \
  --data-urlencode 'c=d e'
