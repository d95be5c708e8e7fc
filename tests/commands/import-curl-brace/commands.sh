curl https://api.example.com/${NAME
