import os

import requests

response = requests.get(
    "https://api.example.com/v1/items?page=1",
    headers={"X-Key": f"{os.environ['API_KEY']}, b"},
)
response.raise_for_status()

data = response.json()
print(data["id"])
