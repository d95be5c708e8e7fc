const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error("API_KEY is not set");

const body = [
  "--boundary-1",
  'Content-Disposition: form-data; name="token"',
  "",
  apiKey,
  "--boundary-1",
  'Content-Disposition: form-data; name="note"',
  "Content-Type: text/markdown",
  "",
  "a\nb",
  "--boundary-1--",
  "",
].join("\r\n");

const response = await fetch("https://api.example.com/v1/items?page=1", {
  method: "POST",
  headers: { "Content-Type": "multipart/form-data; boundary=boundary-1" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
