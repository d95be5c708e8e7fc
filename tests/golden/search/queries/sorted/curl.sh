curl --fail-with-body -G https://api.example.com/v1/find \
  --data-urlencode 'after=a b&c=d' \
  --data-urlencode before=100% \
  --data-urlencode 'tag=é' \
  --data-urlencode tag=+ \
  --data-urlencode 'tag=#'
