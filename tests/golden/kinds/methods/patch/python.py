import requests

response = requests.patch(
    "https://api.example.com/v1/things/1",
    headers={"Content-Type": "application/json-patch+json"},
    json=[{"op": "remove", "path": "/name"}],
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
