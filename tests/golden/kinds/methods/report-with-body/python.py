import requests

payload = "<sync/>"

response = requests.request(
    "REPORT",
    "https://api.example.com/v1/things/1",
    headers={"Content-Type": "application/xml"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
