curl --fail-with-body 'https://api.example.com/v1/items?page=1' \
  --form-string "token=${API_KEY:?}" \
  -F note=plain
