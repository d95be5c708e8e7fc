import requests

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "image/png"},
    data=b"\x89PNG\r\n\x1a\n",
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
