import requests

payload = """{"id": 1}
{"id": 2}
"""

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "application/x-ndjson"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
