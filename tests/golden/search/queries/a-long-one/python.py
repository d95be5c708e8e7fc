import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params={
        "expand": "customers.orders.items.prices.currencies.names, customers.orders.items.prices.currencies.codes and more",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
