curl --fail-with-body -X DELETE -G https://api.example.com/v1/things \
  -d fixed=1 \
  --data-urlencode 'tag=a b' \
  --data-urlencode 'q=50% & more' \
  -d tag=c \
  -d all \
  -H 'Accept: application/json' \
  -H 'X-Note: it'\''s "here" $1 \' \
  -b 'session=s1; theme=dark'
