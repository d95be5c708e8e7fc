const query = new URLSearchParams({
  filter: "a b",
  sort: "desc",
});

const response = await fetch(`https://api.example.com/v1/find?${query}`, {
  method: "POST",
  body: new URLSearchParams({
    filter: "c d",
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
