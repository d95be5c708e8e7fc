curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: application/xml' \
  -d $'<?xml version="1.0"?>\n<order id=\'1\'>\n  <note>it\'s 5 < 6 &amp; $9</note>\n</order>\n'
