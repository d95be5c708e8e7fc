curl --fail-with-body https://api.example.com/v1/numbers \
  -H 'Content-Type: application/json' \
  -d '{
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
  }'
