import os

import requests

response = requests.post(
    "https://api.example.com/oauth/token",
    auth=("client 1", os.environ["CLIENT_SECRET"]),
    data={
        "grant_type": "client_credentials",
        "scope": "read write",
        "note": "a&b=ü+",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["access_token"])
