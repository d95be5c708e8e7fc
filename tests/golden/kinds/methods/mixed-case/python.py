import requests

request = requests.Request(
    "M-search",
    "https://api.example.com/v1/things/1",
).prepare()
request.method = "M-search"  # requests wrote it in capitals
response = requests.Session().send(request)
response.raise_for_status()

data = response.json()
print(data["id"])
