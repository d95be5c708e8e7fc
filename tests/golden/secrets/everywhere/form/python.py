import os

import requests

response = requests.post(
    "https://api.example.com/v1/items?page=1",
    data={
        "client": "x",
        "client_secret": os.environ["CLIENT_SECRET"],
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
