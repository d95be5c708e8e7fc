import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params={"after": "2026-01-01T00:00:00+01:00"},
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
