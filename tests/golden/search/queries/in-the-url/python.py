import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params={
        "a": "1",
        "b": "+",
        "c": "3",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
