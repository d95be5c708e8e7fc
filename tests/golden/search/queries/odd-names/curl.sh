curl --fail-with-body -G https://api.example.com/v1/find \
  -d 1=one \
  -d 0= \
  --data-urlencode '__proto__=a b' \
  -d %40x=@y \
  --data-urlencode a.b%20c== \
  -d =nothing
