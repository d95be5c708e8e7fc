curl ^"https://api.example.com/^" ^
  -H ^"a: b^" ^
  --data-raw "x
