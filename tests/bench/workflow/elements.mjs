// bpmn-elements beside the engine: instances a second of the same process, from start to end.
// Usage: node elements.mjs MODEL FILE SECONDS. As it runs (in memory), and with its state synced to FILE after each command.
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import BpmnModdle from "bpmn-moddle";
import * as elements from "bpmn-elements";
import serialize, { TypeResolver } from "moddle-context-serializer";

const [model, file, seconds] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const tasks = ["receive", "check", "draft", "sign", "hand_over"];
const serialized = serialize(await new BpmnModdle().fromXML(readFileSync(model, "utf8")), TypeResolver(elements));

function play(keep) {
  const definition = new elements.Definition(elements.Context(serialized));
  definition.run();
  keep(definition);
  for (const id of tasks) {
    definition.signal({ id });
    keep(definition);
  }
  if (definition.counters.completed !== 1) throw new Error("an instance did not end");
}

function perSecond(keep) {
  let began = performance.now();
  while (performance.now() - began < 1000) play(keep); // Until it is compiled.
  began = performance.now();
  let count = 0;
  for (; performance.now() - began < seconds * 1000; ++count) play(keep);
  return (count * 1000) / (performance.now() - began);
}

const memory = perSecond(() => {});
let bytes = 0;
const opened = openSync(file, "w");
const durable = perSecond((definition) => {
  const state = JSON.stringify(definition.getState());
  bytes = writeSync(opened, state, 0);
  fsyncSync(opened);
});
closeSync(opened);
console.log(JSON.stringify({ memory, durable, state_bytes: bytes }));
