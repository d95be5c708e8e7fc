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
response.raise_for_status()

data = response.json()
print(data["id"])
