import requests

response = requests.post(
    "https://api.example.com/v1/import",
    json={
        "query": "query Thing($id: ID!) {\n  thing(id: $id) { name }\n}",
        "variables": {"id": "thing_1"},
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
