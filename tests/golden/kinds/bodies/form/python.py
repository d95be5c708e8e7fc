import requests

response = requests.post(
    "https://api.example.com/v1/import",
    data={
        "grant_type": "client_credentials",
        "scope": "read write",
        "note": "50% & more",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
