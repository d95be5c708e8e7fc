import requests

response = requests.post(
    "https://api.example.com/v1/import",
    data={
        "grant_type": "client_credentials",
        "scope": "read write",
        "note": "50% & more",
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
