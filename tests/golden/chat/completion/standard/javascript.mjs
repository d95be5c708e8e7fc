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
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.choices[0].message.content);
