import requests

payload = ""

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "text/plain; charset=utf-8"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
