import requests

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "application/x-www-form-urlencoded"},
    data="",
)
response.raise_for_status()

data = response.json()
print(data["id"])
