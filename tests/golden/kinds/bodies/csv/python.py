import requests

payload = 'name,price\n"a ""b""",1.0\n'

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "text/csv; charset=utf-8"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
