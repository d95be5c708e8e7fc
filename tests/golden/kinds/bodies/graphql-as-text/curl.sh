curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: application/graphql' \
  -d '{ thing(id: "1") { name } }'
