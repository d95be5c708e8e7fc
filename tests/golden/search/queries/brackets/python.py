import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params=[
        ("filter[state]", "open"),
        ("filter[tags][]", "a"),
        ("filter[tags][]", "b"),
    ],
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
