curl http://api.example.com/users/<user-id>/keys
curl http://api.example.com/x?a=1&b=2 -H 'X-Team: blue'
curl http://api.example.com/{a,b}
curl http://api.example.com/x -H ‘X-Team: blue’ —insecure
curl http://api.example.com/x
curl http://api.example.com/x --data-binary $'a\0b' -H 'Content-Type: text/plain'
curl http://api.example.com/x \  
  -H 'X-Team: blue'
for id in 1 2; do curl http://api.example.com/$id; done
call() { curl http://api.example.com/called; }
call
echo 1 | xargs curl http://api.example.com/x
$ curl http://api.example.com/x -H 'Content-Type: text/plain' -d 'first
> second'
curl http://api.example.com/x
  -H 'X-Team: blue'
curl http://api.example.com/x -d @- <<END
a=1
