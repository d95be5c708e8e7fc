import requests

response = requests.post(
    "https://api.example.com/v1/answer",
    json={
        "prompt": "Hi",
    },
)
response.raise_for_status()

data = response.json()
print(data["choices"][0]["text"])
