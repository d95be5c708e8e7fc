import requests

payload = '{ thing(id: "1") { name } }'

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "application/graphql"},
    data=payload,
)
response.raise_for_status()

data = response.json()
print(data["id"])
