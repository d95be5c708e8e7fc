import requests

response = requests.delete(
    "https://api.example.com/v1/things/1",
    json={
        "ids": [1, 2],
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
