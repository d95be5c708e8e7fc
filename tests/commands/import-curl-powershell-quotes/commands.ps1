curl.exe http://api.example.com/x -H 'Content-Type: application/json' -d '{"a":1}'
