curl --fail-with-body 'https://api.example.com/v1/items?page=1' \
  --data-urlencode "token=${FIRST_TOKEN:?}" \
  -d n \
  --data-urlencode "token=${SECOND_TOKEN:?}"
