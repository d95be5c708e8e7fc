import requests

response = requests.get(
    "https://api.example.com/v1/find",
    params={
        "text": "$HOME `id` ${x} \"q\" 'q' \\ %s",
        "lines": "one\ntwo\t\r\n",
        "emoji": "👩\u200d💻\u2028",
        "spaces": "  a  ",
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["count"])
