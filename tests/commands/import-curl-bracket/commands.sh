curl https://api.example.com/ -d $(date
