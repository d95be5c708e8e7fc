import requests

response = requests.post(
    "https://api.example.com/v1/import",
    json="just a string",
)
response.raise_for_status()

data = response.json()
print(data["id"])
