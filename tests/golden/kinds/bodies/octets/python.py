import requests

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "image/png"},
    data=b"\x89PNG\r\n\x1a\n",
)
response.raise_for_status()

data = response.json()
print(data["id"])
