import os

import requests

response = requests.post(
    "https://api.example.com/v1/items?page=1",
    params={
        "key": os.environ["API_KEY"],
        "limit": "5",
    },
    json={
        "a": 1,
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
