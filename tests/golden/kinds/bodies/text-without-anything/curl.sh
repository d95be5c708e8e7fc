curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: text/plain; charset=utf-8' \
  -d ''
