import requests

payload = ""

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "text/plain; charset=utf-8"},
    data=payload,
)
response.raise_for_status()

data = response.json()
print(data["id"])
