import os

import requests

response = requests.delete(
    "https://api.example.com/v1/items",
    params={
        "page": "1",
        "key": os.environ["API_KEY"],
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
