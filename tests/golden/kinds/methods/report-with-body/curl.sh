curl --fail-with-body -X REPORT https://api.example.com/v1/things/1 \
  -H 'Content-Type: application/xml' \
  -d '<sync/>'
