curl --fail-with-body -X PATCH https://api.example.com/v1/find \
  --url-query "key=${API_KEY:?}" \
  --url-query 'z=a b' \
  -H 'Content-Type: text/plain; charset=utf-8' \
  -d x
