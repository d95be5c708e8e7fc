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
    print(line.decode(), flush=True)
