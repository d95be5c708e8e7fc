curl --fail-with-body https://api.example.com/v1/files \
  -H 'X-Api-Key: example_key' \
  -F purpose=batch \
  -F 'file=@batch.jsonl;type=application/jsonl;filename=my batch.jsonl'
