const query = new URLSearchParams({ filter: "a b" });

const response = await fetch(`https://api.example.com/v1/find?${query}`, {
  method: "HEAD",
});

if (!response.ok) {
  throw new Error(`${response.status} ${response.statusText}`);
}
