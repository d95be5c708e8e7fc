const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  body: new URLSearchParams({
    "metadata[order id]": "6735",
    "items[0][name]": "a b",
    "100%": "[x]",
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
