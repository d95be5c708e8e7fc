import os

import requests

response = requests.get(
    "https://api.example.com/v1/items?page=1",
    params={"api_key": os.environ["API_KEY"]},
)
response.raise_for_status()

data = response.json()
print(data["id"])
