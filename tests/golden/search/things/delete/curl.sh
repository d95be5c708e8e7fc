curl --fail-with-body -X DELETE 'https://api.example.com/v1/things?fixed=1&tag=a%20b&q=50%25%20%26%20more&tag=c&all' \
  -H 'Accept: application/json' \
  -H $'X-Note: it\'s "here" $1 \\' \
  -b 'session=s1; theme=dark'
