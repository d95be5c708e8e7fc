const response = await fetch("https://api.example.com/v1/things/1", {
  method: "POST",
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
