import requests

response = requests.request(
    "PURGE",
    "https://api.example.com/v1/things/1",
)
response.raise_for_status()

data = response.json()
print(data["id"])
