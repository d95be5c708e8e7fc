import requests

response = requests.get(
    "https://api.example.com/v1/$find/a%60b?q=one+two",
    params={
        "page": "1",
        "of": "a/b c",
        "z": "~!*()'",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
