
wget https://api.example.com/a
curl -b jar.txt https://api.example.com/cookies
curl -H @headers.txt -H 'Colonless' -H 'Sp ace: a' -H $'X-Bad: a\x01b' -H 'Referer: not a uri' -H 'Range: a' -H 'Range: b' -H 'Content-Type: text/plain' -H 'Content-Type: text/html' -H 'Content-Length: 3' -d x https://api.example.com/headers
curl -H 'Content-Type: not-one' -d x https://api.example.com/media
curl -F nothing -F 'a=b;encoder=base64;headers="X: y"' -F 'c=@missing.bin,other.bin' -F 'd=e;type=nonsense' https://api.example.com/form
curl -H 'Content-Type: multipart/form-data' -d 'not parts' https://api.example.com/multipart
curl -T missing.bin https://api.example.com/upload/
curl -H 'Content-Type:' -d x https://api.example.com/typeless
curl 'https://api.example.com/{a,b}/[1-3]'
curl -H 'Content-Type: application/json' -d '{"a": ' https://api.example.com/json
curl -d '{"a": 1}' https://api.example.com/form-json
curl -s --frobnicate -Y 1 -! --digest -u ada:secret https://api.example.com/options
curl https://api.example.com/last -X
curl -X post -d x https://api.example.com/a/../b#here
curl https://10.0.0.1/things?
curl -I -d x https://api.example.com/head
curl -X TRACE -d x https://api.example.com/trace
curl ftp://files.example.com/a
curl https:///nothing
curl https://exa_mple..com/
curl 'https://xn--\xff.example.com/'
curl -s
curl -H 'Cookie: a b=c; d=e"é' https://api.example.com/cookie
curl https://api.example.com/name -H 'Host: é'
