const response = await fetch("https://api.example.com/v1/find?a%20b&c=d%20e");

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
