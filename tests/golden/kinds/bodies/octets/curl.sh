base64 --decode <<<'iVBORw0KGgo=' |
  curl --fail-with-body https://api.example.com/v1/import \
  -H 'Content-Type: image/png' \
  --data-binary @-
