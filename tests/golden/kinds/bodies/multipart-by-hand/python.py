import requests

with open("table.csv", "rb") as file:
    response = requests.post(
        "https://api.example.com/v1/import",
        files={
            "meta": (None, '{"a": "b\\c"}', "application/json"),
            'table="é"': ("table.csv", file, "text/csv"),
            "note": (None, "one\n  two\n", "text/markdown"),
        },
    )
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
