curl --fail-with-body -G https://api.example.com/v1/find \
  --data-urlencode 'text=$HOME `id` ${x} "q" '\''q'\'' \ %s' \
  --data-urlencode $'lines=one\ntwo\t\r\n' \
  --data-urlencode $'emoji=👩‍💻 ' \
  --data-urlencode 'spaces=  a  '
