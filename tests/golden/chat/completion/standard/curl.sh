curl --fail-with-body https://api.example.com/v1/chat/completions \
  -H "Authorization: Bearer ${EXAMPLE_API_KEY:?}" \
  -H 'Content-Type: application/json' \
  --data-binary @- <<'EOF'
{
  "model": "small-1",
  "messages": [
    {"role": "system", "content": "Answer in one sentence."},
    {"role": "user", "content": "It's \"tea\" for $2, isn't it? {yes} `no`\nGrüße 🙂"}
  ],
  "temperature": 0.50,
  "stop": [],
  "metadata": {},
  "store": false,
  "user": null
}
EOF
