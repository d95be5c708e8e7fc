import requests

response = requests.post(
    "https://api.example.com/v1/import",
    files=[
        ("a", (None, "@not a file")),
        ("a", (None, "; type=x")),
        ("meta", (None, '{"a": 1}', "application/json")),
    ],
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
