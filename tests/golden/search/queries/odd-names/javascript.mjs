const query = new URLSearchParams([
  ["1", "one"],
  ["0", ""],
  ["__proto__", "a b"],
  ["@x", "@y"],
  ["a.b c", "="],
  ["", "nothing"],
]);

const response = await fetch(`https://api.example.com/v1/find?${query}`);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
