import os

import requests

response = requests.post(
    "https://api.example.com/v1/items",
    params={
        "page": "1",
        "key": os.environ["API_KEY"],
        "limit": "5",
    },
    json={
        "a": 1,
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
