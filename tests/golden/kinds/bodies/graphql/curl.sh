curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: application/json' \
  --data-binary @- <<'EOF'
{
  "query": "query Thing($id: ID!) {\n  thing(id: $id) { name }\n}",
  "variables": {"id": "thing_1"}
}
EOF
