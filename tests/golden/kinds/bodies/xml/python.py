import requests

payload = """<?xml version="1.0"?>
<order id='1'>
  <note>it's 5 < 6 &amp; $9</note>
</order>
"""

response = requests.post(
    "https://api.example.com/v1/import",
    headers={"Content-Type": "application/xml"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["id"])
