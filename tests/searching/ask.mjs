// Asks the worker of the search what standard input says: `{"index": …, "questions": […]}`; prints the results as JSON.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const { index, questions, worker } = JSON.parse(readFileSync(0, "utf8"));
const said = [];
let hear;
const context = { Intl, postMessage: (message) => said.push(message), addEventListener: (_, handler) => (hear = handler) };
context.self = context;
vm.runInNewContext(worker, context);
const ask = (type, data) => {
  hear({ data: { type, data } });
  return said.pop();
};
if (ask(0, index).type !== 1) throw new Error("the worker is not ready");
console.log(JSON.stringify(questions.map((question) => ask(2, question).data.items)));
