import requests

payload = "null"

response = requests.put(
    "https://api.example.com/v1/things/1",
    headers={"Content-Type": "application/json"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")
