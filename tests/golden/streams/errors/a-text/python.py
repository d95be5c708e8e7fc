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
    if "error" in chunk:
        raise SystemExit(chunk["error"])
    print(chunk["message"].get("content") or "", end="", flush=True)
