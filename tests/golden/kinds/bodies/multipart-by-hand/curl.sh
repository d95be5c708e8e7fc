: <table.csv && {
  printf '%s\r\n' --boundary-1 'Content-Disposition: form-data; name="meta"' 'Content-Type: application/json' ''
  printf %s '{"a": "b\c"}'
  printf '\r\n'
  printf '%s\r\n' --boundary-1 'Content-Disposition: form-data; name="table=%22é%22"; filename="table.csv"' 'Content-Type: text/csv' ''
  cat table.csv
  printf '\r\n'
  printf '%s\r\n' --boundary-1 'Content-Disposition: form-data; name="note"' 'Content-Type: text/markdown' ''
  printf %s 'one
  two
'
  printf '\r\n'
  printf -- '--boundary-1--\r\n'
} |
  curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: multipart/form-data; boundary=boundary-1' \
  --data-binary @-
