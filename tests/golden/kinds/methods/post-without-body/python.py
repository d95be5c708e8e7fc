import requests

response = requests.post("https://api.example.com/v1/things/1")
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
