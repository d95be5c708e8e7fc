import requests

payload = 'First line\n\n\tit\'s "quoted", $HOME, \\n and %s\nEOF\n'

response = requests.patch(
    "http://api.example.com:8080/notes/7",
    headers={"Content-Type": "text/markdown"},
    data=payload,
)
response.raise_for_status()

print(response.text)
