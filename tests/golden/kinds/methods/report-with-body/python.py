import requests

payload = "<sync/>"

response = requests.request(
    "REPORT",
    "https://api.example.com/v1/things/1",
    headers={"Content-Type": "application/xml"},
    data=payload,
)
response.raise_for_status()

data = response.json()
print(data["id"])
