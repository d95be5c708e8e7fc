import os

import requests

response = requests.post(
    "https://api.example.com/v1/chat/completions",
    headers={"Authorization": f"Bearer {os.environ['EXAMPLE_API_KEY']}"},
    json={
        "model": "small-1",
        "messages": [
            {"role": "system", "content": "Answer in one sentence."},
            {
                "role": "user",
                "content": "It's \"tea\" for $2, isn't it? {yes} `no`\nGrüße 🙂",
            },
        ],
        "temperature": 0.50,
        "stop": [],
        "metadata": {},
        "store": False,
        "user": None,
    },
)
if not response.ok:
    raise SystemExit(f"{response.status_code} {response.text}")

data = response.json()
print(data["choices"][0]["message"]["content"])
