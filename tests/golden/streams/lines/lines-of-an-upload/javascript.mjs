import { openAsBlob } from "node:fs";

const body = new Blob([
  '--boundary-1\r\nContent-Disposition: form-data; name="content"\r\nContent-Type: application/json\r\n\r\n"a"\r\n--boundary-1\r\nContent-Disposition: form-data; name="value"\r\nContent-Type: application/json\r\n\r\n{}\r\n--boundary-1\r\nContent-Disposition: form-data; name="input_file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n',
  await openAsBlob("a.txt"),
  '\r\n--boundary-1\r\nContent-Disposition: form-data; name="mask[]"\r\nContent-Type: text/plain\r\n\r\na\nb\r\n--boundary-1\r\nContent-Disposition: form-data; name="user"\r\n\r\n{"id": "a\\\\b"}\r\n--boundary-1--\r\n',
]);

const response = await fetch("https://api.example.com/v1/pull", {
  method: "POST",
  headers: { "Content-Type": "multipart/form-data; boundary=boundary-1" },
  body,
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
  process.stdout.write(chunk.content ?? "");
}
