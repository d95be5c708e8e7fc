curl --fail-with-body https://api.example.com/v1/import \
  -d 'metadata[order+id]=6735' \
  --data-urlencode 'items[0][name]=a b' \
  --data-urlencode '100%25=[x]'
