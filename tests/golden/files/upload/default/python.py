import requests

with open("batch.jsonl", "rb") as file:
    response = requests.post(
        "https://api.example.com/v1/files",
        headers={"X-Api-Key": "example_key"},
        data={"purpose": "batch"},
        files={"file": ("my batch.jsonl", file, "application/jsonl")},
    )
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
