import os
from urllib.parse import quote

import requests

response = requests.get(
    f"https://api.example.com/v1/items?page=1&key={quote(os.environ['API_KEY'], safe='')}&flag&=1",
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
