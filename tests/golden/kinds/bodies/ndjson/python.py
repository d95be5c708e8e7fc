import requests

payload = """{"id": 1}
{"id": 2}
"""

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "application/x-ndjson"},
    data=payload,
)
response.raise_for_status()

data = response.json()
print(data["id"])
