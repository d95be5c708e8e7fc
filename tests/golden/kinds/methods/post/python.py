import requests

response = requests.post(
    "https://api.example.com/v1/things/1",
    json={
        "name": "first",
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
