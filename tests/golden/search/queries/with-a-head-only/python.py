import requests

response = requests.head(
    "https://api.example.com/v1/find",
    params={"filter": "a b"},
)
if response.status_code >= 300:
    raise SystemExit(f"{response.status_code} {response.reason}")
