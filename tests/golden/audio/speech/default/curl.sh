curl --fail --location https://api.example.com/v1/speech \
  -H 'Content-Type: application/json' \
  -d '{
    "text": "Hello",
    "voice": "alto"
  }' \
  --output speech.mp3
