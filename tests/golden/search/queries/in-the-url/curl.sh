curl --fail-with-body -G https://api.example.com/v1/find \
  -d a=1 \
  --data-urlencode b=+ \
  -d c=3
