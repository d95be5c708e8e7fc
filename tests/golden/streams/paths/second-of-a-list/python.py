import json

import requests

response = requests.post(
    "https://api.example.com/v1/stream",
    json={
        "stream": True,
    },
    stream=True,
)
response.raise_for_status()

for line in response.iter_lines():
    if not line.startswith(b"data:"):
        continue
    data = line.removeprefix(b"data:").strip()
    try:
        text = json.loads(data)["choices"][1]["text"]
    except (IndexError, KeyError, TypeError):
        continue
    print(text or "", end="", flush=True)
