curl.exe http://api.example.com/x ^
  -d "a=1^
b=2"
