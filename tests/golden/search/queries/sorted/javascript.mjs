const query = new URLSearchParams([
  ["after", "a b&c=d"],
  ["before", "100%"],
  ["tag", "é"],
  ["tag", "+"],
  ["tag", "#"],
]);

const response = await fetch(`https://api.example.com/v1/find?${query}`);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
