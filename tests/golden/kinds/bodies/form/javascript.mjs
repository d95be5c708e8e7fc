const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "client_credentials",
    scope: "read write",
    note: "50% & more",
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
