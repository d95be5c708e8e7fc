import json
import os

import requests

response = requests.post(
    "https://api.example.com/v1/chat/completions",
    headers={"Authorization": f"Bearer {os.environ['EXAMPLE_API_KEY']}"},
    json={
        "model": "small-1",
        "messages": [
            {"role": "system", "content": "Answer in one sentence."},
            {
                "role": "user",
                "content": "It's \"tea\" for $2, isn't it? {yes} `no`\nGrüße 🙂",
            },
        ],
        "temperature": 0.50,
        "stop": [],
        "metadata": {},
        "store": False,
        "user": None,
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
    if data == b"[DONE]":
        break
    chunk = json.loads(data)
    for choice in chunk["choices"]:
        print(choice["delta"].get("content") or "", end="", flush=True)
