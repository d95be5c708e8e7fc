import requests

response = requests.head("https://api.example.com/v1/things/1")
response.raise_for_status()
