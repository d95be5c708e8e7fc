const body = `{
  "big": 123456789012345678901234567890,
  "one": 1.0,
  "small": 1E-7,
  "zero": -0.0,
  "beyond": 1e400,
  "precise": 0.1000000000000000055511151231257827,
  "index": {"1": "a", "0": "b"}
}`;

const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
