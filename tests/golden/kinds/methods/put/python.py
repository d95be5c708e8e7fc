import requests

response = requests.put(
    "https://api.example.com/v1/things/1",
    json={
        "name": "first",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
