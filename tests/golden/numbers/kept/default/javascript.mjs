const body = `{
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
}`;

const response = await fetch("https://api.example.com/v1/numbers", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
