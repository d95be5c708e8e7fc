curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: application/x-ndjson' \
  --data-binary @- <<'EOF'
{"id": 1}
{"id": 2}
EOF
