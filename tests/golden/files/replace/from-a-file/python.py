import requests

with open("batch.jsonl", "rb") as file:
    response = requests.put(
        "https://api.example.com/v1/files/2026%2Fa%20b.jsonl",
        headers={"Content-Type": "application/jsonl"},
        data=file,
    )
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")
