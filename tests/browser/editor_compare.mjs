// Whether a process says the same after the editor as before it: by its XML, and by the engine's check.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');

/** What differs between two XML texts, each read by the browser: names, attributes, texts and the order within one name. */
export const differences = (page, before, after) => page.evaluate(([one, two]) => {
  const defaults = new Set(['cancelActivity=true', 'isInterrupting=true', 'triggeredByEvent=false', 'isForCompensation=false', 'isSequential=false',
    'parallelMultiple=false', 'instantiate=false', 'eventGatewayType=Exclusive', 'gatewayDirection=Unspecified', 'startQuantity=1', 'completionQuantity=1',
    'isExecutable=false', 'isClosed=false', 'behavior=All', 'isCollection=false', 'textFormat=text/plain', 'testBefore=false', 'ordering=Parallel',
    'cancelRemainingInstances=true', 'waitForCompletion=true', 'processType=None', 'typeLanguage=http://www.w3.org/2001/XMLSchema',
    'expressionLanguage=http://www.w3.org/1999/XPath', 'isImmediate=false', 'minimum=0', 'maximum=1', 'isUnlimited=false', 'hitPolicy=UNIQUE',
    'preferredOrientation=Rule-as-Row', 'isCollection=false', 'associationDirection=None', 'itemKind=Information', 'structureRef=', 'kind=FEEL',
    'expressionLanguage=https://www.omg.org/spec/DMN/20191111/FEEL/', 'typeLanguage=https://www.omg.org/spec/DMN/20191111/FEEL/']);
  const lines = (text) => {
    const all = [];
    const walk = (element, at) => {
      const here = `${at}/{${element.namespaceURI}}${element.localName}${element.id ? `#${element.id}` : ''}`;
      const attributes = [...element.attributes]
        .filter(({ localName }) => localName !== 'isMarkerVisible') // the modeler writes down what it draws
        .filter(({ name, localName, value }) => !name.startsWith('xmlns') && localName !== 'schemaLocation' && !defaults.has(`${localName}=${value}`))
        .map(({ localName, value }) => `${localName}=${localName === 'type' ? value.replace(/^\w+:/, '') : /^-?\d+\.\d+$/.test(value) ? Number(value) : value.replace(/\s+/g, ' ')}`).sort();
      const own = [...element.childNodes].filter((node) => node instanceof Text).map((node) => node.data).join('').trim();
      all.push([here, ...attributes, own].join(' | '));
      const counts = new Map();
      for (const child of element.children) {
        if (child.localName === 'BPMNLabel' && child.children.length === 0) continue;
        const name = child.id ? '' : `${child.namespaceURI}${child.localName}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
        walk(child, child.id ? here : `${here}[${counts.get(name)}]`);
      }
    };
    walk(new DOMParser().parseFromString(text, 'application/xml').documentElement, '');
    return all.sort();
  };
  const [first, second] = [lines(one), lines(two)];
  const only = (a, b) => a.filter((line) => !b.includes(line));
  return [...only(first, second).map((line) => `- ${line}`), ...only(second, first).map((line) => `+ ${line}`)].slice(0, 6);
}, [before, after]);

/** What the engine's own check says about a process, where the program is built. */
export function engineFaults(text) {
  const program = process.env.THIENAN_BINARY ?? path.join(root, 'build', 'release', 'thienan');
  if (!fs.existsSync(program)) return '';
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'editor-'));
  try {
    fs.writeFileSync(path.join(folder, 'process.bpmn'), text);
    return execFileSync(program, ['check', path.join(folder, 'process.bpmn')], { encoding: 'utf8', stdio: 'pipe' });
  } catch (fault) {
    return `${fault.stdout}${fault.stderr}`.replaceAll(folder, '').replace(/:\d+:/g, ':');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
