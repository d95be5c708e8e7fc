curl --fail-with-body -G https://api.example.com/v1/find \
  -d sort=desc \
  -d limit=20 \
  -d after=abc
