curl --fail-with-body https://api.example.com/v1/import \
  -d tag=a \
  -d q= \
  -d tag=b
