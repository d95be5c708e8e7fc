curl --fail-with-body -X PUT https://api.example.com/v1/import \
  -H 'Content-Type: text/csv' \
  --data-binary @- <table.csv
