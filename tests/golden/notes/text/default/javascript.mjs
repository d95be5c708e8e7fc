const body = 'First line\n\n\tit\'s "quoted", $HOME, \\n and %s\nEOF\n';

const response = await fetch("http://api.example.com:8080/notes/7", {
  method: "PATCH",
  headers: { "Content-Type": "text/markdown" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

console.log(await response.text());
