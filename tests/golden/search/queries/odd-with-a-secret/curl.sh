curl --fail-with-body -X PATCH https://api.example.com/v1/find \
  --url-query "key=${API_KEY:?}" \
  --url-query +flag \
  --url-query +=no%20name \
  --url-query +a%20b=c%20d \
  --url-query 'z=it'\''s "$x" 100%
' \
  -H 'Content-Type: text/plain; charset=utf-8' \
  -d x
