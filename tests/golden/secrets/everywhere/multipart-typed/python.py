import os

import requests

response = requests.post(
    "https://api.example.com/v1/items?page=1",
    files={
        "token": (None, os.environ["API_KEY"]),
        "note": (None, "a\nb", "text/markdown"),
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
