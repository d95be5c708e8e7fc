const apiKey = process.env.EXAMPLE_API_KEY;
if (!apiKey) throw new Error("EXAMPLE_API_KEY is not set");

const response = await fetch("https://api.example.com/v1/chat/completions", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${apiKey}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    model: "small-1",
    messages: [
      { role: "system", content: "Answer in one sentence." },
      {
        role: "user",
        content: "It's \"tea\" for $2, isn't it? {yes} `no`\nGrüße 🙂",
      },
    ],
    temperature: 0.5,
    stop: [],
    metadata: {},
    store: false,
    user: null,
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
}

for await (const line of lines(response.body)) {
  if (!line.startsWith("data:")) continue;
  const data = line.slice("data:".length).trim();
  if (data === "[DONE]") break;
  const chunk = JSON.parse(data);
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}
