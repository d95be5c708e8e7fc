const query = new URLSearchParams({
  page: "1",
  of: "a/b c",
  z: "~!*()'",
});

const response = await fetch(
  `https://api.example.com/v1/$find/a%60b?q=one+two&${query}`,
);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
