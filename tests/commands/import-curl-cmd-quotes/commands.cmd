curl 'http://api.example.com/x' ^
  -H 'a: b'
