const response = await fetch("https://api.example.com/v1/things/1", {
  method: "HEAD",
});

if (!response.ok) {
  throw new Error(`${response.status} ${response.statusText}`);
}
