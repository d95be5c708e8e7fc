import requests

with open("table.csv", "rb") as file:
    response = requests.put(
        "https://api.example.com/v1/import",
        headers={"Content-Type": "text/csv"},
        data=file,
    )
response.raise_for_status()

data = response.json()
print(data["id"])
