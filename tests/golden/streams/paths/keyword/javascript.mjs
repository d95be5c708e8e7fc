const response = await fetch("https://api.example.com/v1/stream", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    stream: true,
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

let buffer = "";
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  const lines = (buffer + text).split("\n");
  buffer = lines.pop();

  for (const line of lines) {
    if (!line.startsWith("data:")) continue;
    const data = line.slice("data:".length).trim();
    const chunk = JSON.parse(data);
    process.stdout.write(chunk.class["a-b"] ?? "");
  }
}
