import requests

with open("batch.jsonl", "rb") as file:
    response = requests.put(
        "https://api.example.com/v1/files/2026%2Fa%20b.jsonl",
        headers={"Content-Type": "application/jsonl"},
        data=file,
    )
response.raise_for_status()
