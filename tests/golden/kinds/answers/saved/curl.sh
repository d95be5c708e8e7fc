curl --fail --location https://api.example.com/v1/answer \
  -H 'Content-Type: application/json' \
  -d '{
    "prompt": "Hi"
  }' \
  --output out.csv
