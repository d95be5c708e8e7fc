import { writeFile } from "node:fs/promises";

const response = await fetch("https://api.example.com/v1/speech", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    text: "Hello",
    voice: "alto",
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

await writeFile("speech.mp3", response.body);
