import requests

response = requests.post(
    "https://api.example.com/v1/import",
    data=[
        ("tag", "a"),
        ("q", ""),
        ("tag", "b"),
    ],
)
response.raise_for_status()

data = response.json()
print(data["id"])
