const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error("API_KEY is not set");

const body = new Blob([
  '--boundary-1\r\nContent-Disposition: form-data; name="token"\r\n\r\n',
  apiKey,
  '\r\n--boundary-1\r\nContent-Disposition: form-data; name="note"\r\nContent-Type: text/markdown\r\n\r\na\nb\r\n--boundary-1--\r\n',
]);

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
