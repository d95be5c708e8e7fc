curl --fail-with-body 'https://api.example.com/v1/items?page=1' \
  -b "session=${SESSION:?}; theme=dark"
