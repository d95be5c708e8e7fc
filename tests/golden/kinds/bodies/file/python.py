import requests

with open("table.csv", "rb") as file:
    response = requests.put(
        "https://api.example.com/v1/import",
        headers={"Content-Type": "text/csv"},
        data=file,
    )
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
