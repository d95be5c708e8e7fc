import requests

session = requests.Session()
request = requests.Request(
    "M-search",
    "https://api.example.com/v1/things/1",
)
prepared = session.prepare_request(request)
prepared.method = "M-search"  # requests wrote it in capitals
settings = session.merge_environment_settings(prepared.url, {}, None, None, None)
response = session.send(prepared, **settings)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
