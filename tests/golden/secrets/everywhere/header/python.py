import os

import requests

response = requests.get(
    "https://api.example.com/v1/items?page=1",
    headers={"X-Key": f"{os.environ['API_KEY']}, b"},
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
