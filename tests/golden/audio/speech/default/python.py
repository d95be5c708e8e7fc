import requests

response = requests.post(
    "https://api.example.com/v1/speech",
    json={
        "text": "Hello",
        "voice": "alto",
    },
)
response.raise_for_status()

with open("speech.mp3", "wb") as file:
    file.write(response.content)
