curl -F a=1 -d b=2 http://api.example.com/x
curl --he http://api.example.com/x
curl --request=PUT http://api.example.com/x
curl --hedaer 'a: b' http://api.example.com/x
curl -@ http://api.example.com/x
curl -F 'a=b;type=nonsense' http://api.example.com/x
curl -F '=(;type=multipart/alternative' http://api.example.com/x
curl -F '=x' -F 'a=Hi; one, two' -F 'b=c;filename=d' -F 'e=<f.txt;filename=g' http://api.example.com/x
curl -F $'a=\xff' http://api.example.com/x
curl --digest -u ada:pass http://api.example.com/x
curl --basic --oauth2-bearer example_key -u ada:pass http://api.example.com/x
curl -u ada http://api.example.com/x
curl -u ada:pass http://eve:other@api.example.com/x
curl -A a -H 'User-Agent: b' -e c -H 'Referer:' -b d=1 -H 'Cookie: e=2' -u f:g -H 'Authorization: Token example' http://api.example.com/x
curl -A '' -H 'Accept:' -r 600 http://api.example.com/x
curl -C - -b jar.txt -K none.txt -H @none.txt http://api.example.com/x
curl -T a.txt -T b.txt http://api.example.com/x
curl -T '{a,b}.txt' http://api.example.com/
curl http:/api.example.com/x
curl http:api.example.com/x
curl ftp.example.com/x
curl 'http://api.example.com/a b?c[d]=1'
curl 'http://api.example.com/a}'
curl 'http://api.example.com/users/{{userId}}?key={{apiKey}}'
curl --variable nothing http://api.example.com/x
curl --variable a=1 --expand-url 'http://api.example.com/{{a:upper}}'
curl -H 'Host: tenant.example.com' http://api.example.com/x
curl -H 'Content-Type: multipart/form-data; boundary=b' --data-binary $'--b\r\nContent-Disposition: form-data; name="f"; filename="g.txt"\r\n\r\nh\r\n--b--\r\n' http://api.example.com/x
curl 'http://?x=1'
curl -F 'a=b;encoder=base64' -F 'c=@one.txt,two.txt' http://api.example.com/x
