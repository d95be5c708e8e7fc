import requests

response = requests.put(
    "https://api.example.com/v1/files/2026%2Fa%20b.jsonl",
    headers={"Content-Type": "application/octet-stream"},
    data=b"\x00\x01\x02\xff",
)
response.raise_for_status()
