import requests

response = requests.post(
    "https://api.example.com/v1/import",
    json={
        "query": "query Thing($id: ID!) {\n  thing(id: $id) { name }\n}",
        "variables": {
            "id": "thing_1",
        },
    },
)
response.raise_for_status()

data = response.json()
print(data["id"])
