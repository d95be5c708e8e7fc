curl --fail-with-body -X PATCH http://api.example.com:8080/notes/7 \
  -H 'Content-Type: text/markdown' \
  -d $'First line\n\n\tit\'s "quoted", $HOME, \\n and %s\nEOF\n'
