import os
from urllib.parse import quote

import requests

response = requests.post(
    "https://api.example.com/v1/items?page=1",
    headers={"Content-Type": "application/x-www-form-urlencoded"},
    data=f"token={quote(os.environ['FIRST_TOKEN'], safe='')}&n&token={quote(os.environ['SECOND_TOKEN'], safe='')}",
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
