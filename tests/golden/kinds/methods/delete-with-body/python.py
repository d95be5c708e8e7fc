import requests

response = requests.delete(
    "https://api.example.com/v1/things/1",
    json={
        "ids": [1, 2],
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
