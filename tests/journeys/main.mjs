// Walks the journeys against a live server of each day.  Ends with N passed, N failed.
//   tests/journeys/run [--shots] [--database postgresql://...] [--day DAY] [WORD...]     only journeys whose name holds a WORD
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { launch } from '../browser/checks.mjs';
import { Province, Visitor, binary, journeys, root } from './lib.mjs';

const args = process.argv.slice(2);
const option = (name) => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
};
const database = option('--database');
const onlyDay = option('--day');
let shots = null;
if (args.includes('--shots')) {
  args.splice(args.indexOf('--shots'), 1);
  shots = path.join(root, 'build/journey-shots');
  fs.mkdirSync(shots, { recursive: true });
}
if (!fs.existsSync(binary)) throw new Error(`${binary} is not built: script/build release thienan, or name one with THIENAN_BINARY`);

const here = path.dirname(new URL(import.meta.url).pathname);
for (const file of fs.readdirSync(here).filter((name) => name.endsWith('.journey.mjs')).sort()) await import(path.join(here, file));
const chosen = journeys.filter((one) => args.length === 0 || args.some((word) => one.name.includes(word)));

let passed = 0;
let failed = 0;
let pages = 0;

async function walk(browser, province, one, view) {
  const visitors = [];
  const started = Date.now();
  const day = province.asOf.slice(0, 10);
  const enter = async (options = {}) => {
    const visitor = await Visitor.enter(browser, province, { view, shots, journey: `${one.name.replaceAll(' ', '-')}.${day}`, ...options });
    visitors.push(visitor);
    return visitor;
  };
  let fault = null;
  try {
    await one.walk({ province, day, view, enter, year: Number(day.slice(0, 4)) });
  } catch (error) {
    fault = error;
  }
  if (fault && shots)
    for (const visitor of visitors)
      await visitor.page.screenshot({ path: path.join(shots, `FAILED.${one.name.replaceAll(' ', '-')}.${day}.${view}.png`), fullPage: true }).catch(() => null);
  const looked = visitors.reduce((sum, visitor) => sum + visitor.pages, 0);
  for (const visitor of visitors) await visitor.leave();
  pages += looked;
  console.log(`${fault ? 'FAILED' : 'ok    '} ${day} ${view}: ${one.name} (${looked} pages, ${Math.round((Date.now() - started) / 1000)} s)`);
  if (fault) console.log(String(fault.stack ?? fault).replace(/^/gm, '       '));
  if (fault) failed += 1;
  else passed += 1;
}

/** Each day is a province of its own. */
function freshDatabase(server, day) {
  const name = `journey_${day.replace(/\W/g, '').toLowerCase()}_${process.pid}`;
  execFileSync('psql', ['--quiet', '--command', `CREATE DATABASE ${name}`, server]);
  const address = new URL(server);
  address.pathname = `/${name}`;
  return address.toString();
}

const browser = await launch();
for (const day of [...new Set(chosen.flatMap((one) => one.days))].filter((one) => !onlyDay || one.startsWith(onlyDay))) {
  const province = await Province.start({ asOf: day, database: database && freshDatabase(database, day) });
  for (const one of chosen.filter((each) => each.days.includes(day)))
    for (const view of one.views) await walk(browser, province, one, view);
  await province.stop();
}
await browser.close();
console.log(`${pages} pages looked at`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
