import os

import requests

response = requests.get(
    "https://api.example.com/v1/items?page=1",
    cookies={
        "session": os.environ["SESSION"],
        "theme": "dark",
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
