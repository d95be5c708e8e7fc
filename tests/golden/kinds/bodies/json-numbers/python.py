import requests

payload = """{
  "big": 123456789012345678901234567890,
  "one": 1.0,
  "small": 1E-7,
  "zero": -0.0,
  "beyond": 1e400,
  "precise": 0.1000000000000000055511151231257827,
  "index": {"1": "a", "0": "b"}
}"""

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "application/json"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
