curl --fail-with-body -X PATCH http://api.example.com:8080/notes/7 \
  -H 'Content-Type: text/markdown' \
  --data-binary @- <<'EOF_'
First line

	it's "quoted", $HOME, \n and %s
EOF
EOF_
