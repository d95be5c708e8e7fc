curl --fail-with-body -G 'https://api.example.com/v1/$find/a%60b?q=one+two' \
  -d page=1 \
  --data-urlencode 'of=a/b c' \
  --data-urlencode 'z=~!*()'\'''
