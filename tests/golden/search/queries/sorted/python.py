import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params=[
        ("after", "a b&c=d"),
        ("before", "100%"),
        ("tag", "é"),
        ("tag", "+"),
        ("tag", "#"),
    ],
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
