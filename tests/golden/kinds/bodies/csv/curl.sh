curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: text/csv; charset=utf-8' \
  --data-binary @- <<'EOF'
name,price
"a ""b""",1.0
EOF
