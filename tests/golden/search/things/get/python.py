import requests

response = requests.get(
    "https://api.example.com/v1/things?fixed=1&tag=a%20b&q=50%25%20%26%20more&tag=c&all",
    headers={
        "Accept": "application/json",
        "X-Note": 'it\'s "here" $1 \\',
    },
    cookies={
        "session": "s1",
        "theme": "dark",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["total"])
