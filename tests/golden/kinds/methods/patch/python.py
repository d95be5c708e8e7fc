import requests

response = requests.patch(
    "https://api.example.com/v1/things/1",
    headers={"Content-Type": "application/json-patch+json"},
    json=[
        {
            "op": "remove",
            "path": "/name",
        },
    ],
)
response.raise_for_status()

data = response.json()
print(data["id"])
