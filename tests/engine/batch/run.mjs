// Imports the snippets named in /built/pending, one after the other.
import { readFileSync, writeSync } from "node:fs";

process.stdout.write = (text) => writeSync(1, text) > 0;
for (const number of readFileSync("/built/pending", "utf8").split("\n")) {
  let code = 0;
  try {
    await import(`/built/s${number}/snippet.mjs`);
  } catch (error) {
    writeSync(2, `${error.stack} ${error.cause?.stack ?? ""}`);
    code = 1;
  }
  writeSync(1, `\x1e${code}\n`);
  writeSync(2, "\x1e");
}
process.exit(0);
