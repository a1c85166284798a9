// feelin beside the engine's FEEL: expressions a second, each parsed and evaluated. Usage: node feelin.mjs expressions.json SECONDS
// feelin has no call that evaluates what is parsed already. What that would give is measured through its inner interpreter.
import { readFileSync, writeFileSync } from "node:fs";
import { evaluate } from "feelin";

const [file, seconds] = [process.argv[2], Number(process.argv[3])];
const { variables, expressions } = JSON.parse(readFileSync(file, "utf8"));

async function innerInterpreter() {
  const source = new URL(import.meta.resolve?.("feelin") ?? "node_modules/feelin/dist/index.esm.js", import.meta.url);
  const opened = new URL("opened.mjs", source);
  writeFileSync(opened, readFileSync(new URL("index.esm.js", source), "utf8") + "\nexport { interpreter };\n");
  return (await import(opened)).interpreter;
}

function perSecond(run) {
  for (let i = 0; i < 200; ++i) run();
  const began = performance.now();
  let rounds = 0;
  for (; performance.now() - began < seconds * 1000; ++rounds) run();
  return (rounds * expressions.length * 1000) / (performance.now() - began);
}

for (const one of expressions) {
  const got = JSON.stringify(evaluate(one.feel, variables));
  if (got !== JSON.stringify(one.value)) throw new Error(`${one.feel}: ${got}`);
}
const interpreter = await innerInterpreter();
const parsed = expressions.map((one) => interpreter.evaluate(one.feel, variables).root);
console.log(
  JSON.stringify({
    parse_and_evaluate: perSecond(() => expressions.forEach((one) => evaluate(one.feel, variables))),
    parsed: perSecond(() => parsed.forEach((root) => root(variables))),
  }),
);
