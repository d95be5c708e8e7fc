const response = await fetch("https://api.example.com/v1/stream", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    stream: true,
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

async function* lines(stream) {
  let buffer = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const complete = (buffer + text).split("\n");
    buffer = complete.pop();
    yield* complete;
  }
  if (buffer) yield buffer;
}

for await (const line of lines(response.body)) {
  if (!line.trim()) continue;
  const chunk = JSON.parse(line);
  process.stdout.write(chunk[0] ?? "");
}
