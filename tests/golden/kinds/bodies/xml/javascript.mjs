const body = `<?xml version="1.0"?>
<order id='1'>
  <note>it's 5 < 6 &amp; $9</note>
</order>
`;

const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  headers: { "Content-Type": "application/xml" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
