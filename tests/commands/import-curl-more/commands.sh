
curl -d x
curl -H 'Content-Type: multipart/form-data; boundary=x' --data-binary $'--x\r\nContent-Disposition: form-data; name="a"; odd=1\r\nX-Other: b\r\n\r\nc\r\n--x--\r\n' https://api.example.com/raw
curl "https://api.example.com/$THING/${THING}s" -H "X-Team: the $TEAM team"
curl https://é..com/
curl --zzzz https://api.example.com/option
curl -X 'G T' https://a.example/method
