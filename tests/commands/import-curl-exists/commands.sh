curl https://api.example.com/a
