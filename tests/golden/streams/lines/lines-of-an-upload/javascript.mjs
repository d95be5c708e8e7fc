import { openAsBlob } from "node:fs";

const body = new Blob([
  [
    "--boundary-1",
    'Content-Disposition: form-data; name="content"',
    "Content-Type: application/json",
    "",
    '"a"',
    "--boundary-1",
    'Content-Disposition: form-data; name="value"',
    "Content-Type: application/json",
    "",
    "{}",
    "--boundary-1",
    'Content-Disposition: form-data; name="input_file"; filename="a.txt"',
    "Content-Type: text/plain",
    "",
    "",
  ].join("\r\n"),
  await openAsBlob("a.txt"),
  [
    "",
    "--boundary-1",
    'Content-Disposition: form-data; name="mask[]"',
    "Content-Type: text/plain",
    "",
    "a\nb",
    "--boundary-1",
    'Content-Disposition: form-data; name="user"',
    "",
    '{"id": "a\\\\b"}',
    "--boundary-1--",
    "",
  ].join("\r\n"),
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
