import requests

response = requests.get("https://api.example.com/v1/find?a%20b&c=d%20e")
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
