const query = new URLSearchParams({
  a: "1",
  b: "+",
  c: "3",
});

const response = await fetch(`https://api.example.com/v1/find?${query}`);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
