import requests

response = requests.options("https://api.example.com/v1/things/1")
response.raise_for_status()
