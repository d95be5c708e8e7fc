const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  body: new URLSearchParams([
    ["tag", "a"],
    ["q", ""],
    ["tag", "b"],
  ]),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
