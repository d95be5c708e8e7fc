const body = new Blob([
  '--boundary-1\r\nContent-Disposition: form-data; name="a"\r\n\r\n@not a file\r\n--boundary-1\r\nContent-Disposition: form-data; name="a"\r\n\r\n; type=x\r\n--boundary-1\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"a": 1}\r\n--boundary-1--\r\n',
]);

const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  headers: { "Content-Type": "multipart/form-data; boundary=boundary-1" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
