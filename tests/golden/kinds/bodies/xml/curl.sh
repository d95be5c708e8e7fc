curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: application/xml' \
  --data-binary @- <<'EOF'
<?xml version="1.0"?>
<order id='1'>
  <note>it's 5 < 6 &amp; $9</note>
</order>
EOF
