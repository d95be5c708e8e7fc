import os

import requests

response = requests.get(
    "https://api.example.com/v1/items",
    params=[
        ("page", "1"),
        ("q", "a b"),
        ("key", os.environ["API_KEY"]),
        ("tag", "a"),
        ("tag", "b"),
    ],
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
