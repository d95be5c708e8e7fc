fetch('http://api.example.com/x')
