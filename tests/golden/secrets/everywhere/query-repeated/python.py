import os

import requests

response = requests.get(
    "https://api.example.com/v1/items?page=1&q=a%20b",
    params=[
        ("key", os.environ["API_KEY"]),
        ("tag", "a"),
        ("tag", "b"),
    ],
)
response.raise_for_status()

data = response.json()
print(data["id"])
