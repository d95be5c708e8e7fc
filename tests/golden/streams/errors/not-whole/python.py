import requests

response = requests.post(
    "https://api.example.com/v1/stream",
    json={
        "stream": True,
        "model": "b",
    },
    stream=True,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

for line in response.iter_lines():
    if not line.startswith(b"data:"):
        continue
    data = line.removeprefix(b"data:").removeprefix(b" ")
    if data == b"[DONE]":
        break
    print(data.decode(), flush=True)
