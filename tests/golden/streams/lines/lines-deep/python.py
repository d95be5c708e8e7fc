import json

import requests

response = requests.post(
    "https://api.example.com/v1/pull",
    json={
        "model": "llama",
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
    for choice in chunk["choices"]:
        print(choice["delta"].get("text") or "", end="", flush=True)
