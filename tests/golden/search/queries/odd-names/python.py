import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params={
        "1": "one",
        "0": "",
        "__proto__": "a b",
        "@x": "@y",
        "a.b c": "=",
        "": "nothing",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
