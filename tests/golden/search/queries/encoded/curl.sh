curl --fail-with-body -G https://api.example.com/v1/find \
  --data-urlencode after=2026-01-01T00:00:00+01:00
