import requests

payload = '{ thing(id: "1") { name } }'

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "application/graphql"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
