const query = new URLSearchParams({ after: "2026-01-01T00:00:00+01:00" });

const response = await fetch(`https://api.example.com/v1/find?${query}`);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
