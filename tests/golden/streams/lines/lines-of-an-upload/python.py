import json

import requests

with open("a.txt", "rb") as file:
    response = requests.post(
        "https://api.example.com/v1/pull",
        files={
            "content": (None, '"a"', "application/json"),
            "value": (None, "{}", "application/json"),
            "input_file": ("a.txt", file, "text/plain"),
            "mask[]": (None, "a\nb", "text/plain"),
            "user": (None, '{"id": "a\\\\b"}'),
        },
        stream=True,
    )
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

for line in response.iter_lines():
    if not line:
        continue
    chunk = json.loads(line)
    print(chunk.get("content") or "", end="", flush=True)
