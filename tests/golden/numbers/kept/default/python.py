import requests

payload = """{
  "one": 1,
  "one_dot_zero": 1.0,
  "tiny": 1E-7,
  "thirty_digits": 123456789012345678901234567890,
  "beyond_doubles": 9007199254740993,
  "minus_zero": -0,
  "10": "ten",
  "9": "nine",
  "__proto__": "plain",
  "repeated": [1, 2.50, -3e+2]
}"""

response = requests.post(
    "https://api.example.com/v1/numbers",
    headers={"Content-Type": "application/json"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
