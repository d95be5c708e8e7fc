import requests

response = requests.post(
    "https://api.example.com/v1/import",
    data=[
        ("tag", "a"),
        ("q", ""),
        ("tag", "b"),
    ],
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
