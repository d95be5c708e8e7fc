import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params={
        "sort": "desc",
        "limit": "20",
        "after": "abc",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
