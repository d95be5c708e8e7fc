import requests

payload = 'First line\n\n\tit\'s "quoted", $HOME, \\n and %s\nEOF\n'

response = requests.patch(
    "http://api.example.com:8080/notes/7",
    headers={"Content-Type": "text/markdown"},
    data=payload,
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

print(response.text)
