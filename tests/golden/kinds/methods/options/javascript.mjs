const response = await fetch("https://api.example.com/v1/things/1", {
  method: "OPTIONS",
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}
