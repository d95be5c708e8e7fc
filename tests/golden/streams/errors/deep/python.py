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
    if not line.startswith(b"data:"):
        continue
    data = line.removeprefix(b"data:").strip()
    chunk = json.loads(data)
    if (chunk.get("response") or {}).get("error"):
        raise SystemExit(chunk["response"]["error"]["message"])
    print(chunk.get("delta") or "", end="", flush=True)
