import requests

response = requests.put(
    "https://api.example.com/v1/files/2026%2Fa%20b.jsonl",
    headers={"Content-Type": "application/octet-stream"},
    data=b"\x00\x01\x02\xff",
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")
