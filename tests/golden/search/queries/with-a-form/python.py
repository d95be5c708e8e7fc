import requests

response = requests.post(
    "https://api.example.com/v1/find",
    params={
        "filter": "a b",
        "sort": "desc",
    },
    data={"filter": "c d"},
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
