import requests

response = requests.post(
    "https://api.example.com/v1/speech",
    json={
        "text": "Hello",
        "voice": "alto",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

with open("speech.mp3", "wb") as file:
    file.write(response.content)
