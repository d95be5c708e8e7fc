const url =
  "https://api.example.com/v1/things?fixed=1&tag=a%20b&q=50%25%20%26%20more&tag=c&all";

const response = await fetch(url, {
  headers: {
    Accept: "application/json",
    "X-Note": 'it\'s "here" $1 \\',
    Cookie: "session=s1; theme=dark",
  },
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.total);
