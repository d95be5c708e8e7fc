curl --fail-with-body -G https://api.example.com/v1/find \
  -d filter%5Bstate%5D=open \
  -d filter%5Btags%5D%5B%5D=a \
  -d filter%5Btags%5D%5B%5D=b
