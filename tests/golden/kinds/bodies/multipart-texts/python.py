import requests

response = requests.post(
    "https://api.example.com/v1/import",
    files=[
        ("a", (None, "@not a file")),
        ("a", (None, "; type=x")),
        ("meta", (None, '{"a": 1}', "application/json")),
    ],
)
response.raise_for_status()

data = response.json()
print(data["id"])
