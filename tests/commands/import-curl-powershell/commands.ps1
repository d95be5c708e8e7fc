Invoke-WebRequest -Uri "http://api.example.com/x" `
-Headers @{
"a"="b"
}
