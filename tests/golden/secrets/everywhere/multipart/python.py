import os

import requests

response = requests.post(
    "https://api.example.com/v1/items?page=1",
    files={
        "token": (None, os.environ["API_KEY"]),
        "note": (None, "plain"),
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
