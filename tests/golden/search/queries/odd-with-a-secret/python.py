import os
from urllib.parse import quote

import requests

payload = "x"

response = requests.patch(
    f"https://api.example.com/v1/find?key={quote(os.environ['API_KEY'], safe='')}&flag&=no%20name&a%20b=c%20d&z=it%27s%20%22%24x%22%20100%25%0A",
    headers={"Content-Type": "text/plain; charset=utf-8"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
