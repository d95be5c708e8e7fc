import requests

response = requests.post(
    "https://api.example.com/v1/import",
    data={
        "metadata[order id]": "6735",
        "items[0][name]": "a b",
        "100%": "[x]",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
