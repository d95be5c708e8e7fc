const query = new URLSearchParams([
  ["filter[state]", "open"],
  ["filter[tags][]", "a"],
  ["filter[tags][]", "b"],
]);

const response = await fetch(`https://api.example.com/v1/find?${query}`);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
