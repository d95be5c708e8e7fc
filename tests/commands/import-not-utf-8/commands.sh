curl https://api.example.com/
curl ÿ
