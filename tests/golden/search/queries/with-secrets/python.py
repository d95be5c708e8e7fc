import os

import requests

payload = "x"

response = requests.patch(
    "https://api.example.com/v1/find",
    params={
        "key": os.environ["API_KEY"],
        "z": "a b",
    },
    headers={"Content-Type": "text/plain; charset=utf-8"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
