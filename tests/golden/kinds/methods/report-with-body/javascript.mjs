const body = "<sync/>";

const response = await fetch("https://api.example.com/v1/things/1", {
  method: "REPORT",
  headers: { "Content-Type": "application/xml" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
