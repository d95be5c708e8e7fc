import os

import requests

response = requests.delete(
    "https://api.example.com/v1/items?page=1",
    params={"key": os.environ["API_KEY"]},
)
response.raise_for_status()

data = response.json()
print(data["id"])
