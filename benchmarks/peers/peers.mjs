// Renders requests with one generator: node peers.mjs NAME REQUESTS.json [OUT]
//
// REQUESTS.json is a list of {har, curl}. Without OUT it prints, as JSON, the snippets per second of a warm process and how
// many could not be rendered; with OUT it renders each once into files there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const HAR = [["shell", "curl"], ["javascript", "fetch"], ["python", "requests"], ["php", "curl"], ["csharp", "httpclient"], ["go", "native"]];
const peers = {
  async httpsnippet() {
    const { HTTPSnippet } = await import("httpsnippet");
    return HAR.map(([target, client]) => ({ har }) => new HTTPSnippet(structuredClone(har)).convert(target, client));
  },
  async readme() {
    const { HTTPSnippet } = await import("@readme/httpsnippet");
    return HAR.map(([target, client]) => ({ har }) => new HTTPSnippet(structuredClone(har)).convert(target, client)[0]);
  },
  async scalar() {
    const { snippetz } = await import("@scalar/snippetz");
    const all = snippetz();
    return HAR.map(([target, client]) => ({ har }) => all.print(target === "javascript" ? "js" : target, client, har));
  },
  async postman() {
    const { default: codegen } = await import("postman-code-generators");
    const { default: sdk } = await import("postman-collection");
    const variants = [["curl", "cURL"], ["javascript", "Fetch"], ["python", "Requests"], ["php", "cURL"], ["csharp", "HttpClient"], ["go", "Native"]];
    return variants.map(([language, variant]) => ({ postman }) => {
      let text;
      codegen.convert(language, variant, new sdk.Request(postman), {}, (error, snippet) => {
        if (error) throw new Error(error);
        text = snippet;
      });
      return text;
    });
  },
  async curlconverter() {
    const converter = await import("curlconverter");
    return [converter.toJavaScript, converter.toPython, converter.toPhp, converter.toCSharp, converter.toGo].map((convert) => ({ curl }) => convert(curl));
  },
};

const [name, file, out] = process.argv.slice(2);
const requests = JSON.parse(readFileSync(file, "utf8"));
const writers = await peers[name]();
let failed = 0;

function render(keep) {
  requests.forEach((request, number) => {
    writers.forEach((write, language) => {
      try {
        keep(write(request), number, language);
      } catch {
        failed += 1;
      }
    });
  });
}

if (out) {
  render((text, number, language) => {
    mkdirSync(`${out}/${number}`, { recursive: true });
    writeFileSync(`${out}/${number}/${language}.txt`, text);
  });
} else {
  const count = requests.length * writers.length;
  for (let round = 0; round < 5; round += 1) render(() => {});
  failed = 0;
  let rounds = 0;
  const started = performance.now();
  while (performance.now() - started < 3000) {
    render(() => {});
    rounds += 1;
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ rate: (count * rounds - failed) / seconds, failed: failed / rounds, count }));
}
