const query = new URLSearchParams({
  text: "$HOME `id` ${x} \"q\" 'q' \\ %s",
  lines: "one\ntwo\t\r\n",
  emoji: "👩\u200d💻\u2028",
  spaces: "  a  ",
});

const response = await fetch(`https://api.example.com/v1/find?${query}`);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
