import requests

with open("table.csv", "rb") as file:
    response = requests.post(
        "https://api.example.com/v1/import",
        data={"title": "Q1"},
        files={"file": ('it\'s "Q1" é.csv', file, "text/csv")},
    )
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
