import os

import requests

response = requests.post(
    "https://api.example.com/v1/items?page=1",
    data={
        "client": "x",
        "client_secret": os.environ["CLIENT_SECRET"],
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
