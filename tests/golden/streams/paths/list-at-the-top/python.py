import json

import requests

response = requests.post(
    "https://api.example.com/v1/stream",
    json={
        "stream": True,
    },
    stream=True,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

for line in response.iter_lines():
    if not line:
        continue
    chunk = json.loads(line)
    try:
        text = chunk[0]
    except (IndexError, KeyError, TypeError):
        continue
    print(text or "", end="", flush=True)
