const body = `name,price
"a ""b""",1.0
`;

const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  headers: { "Content-Type": "text/csv; charset=utf-8" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
