// Looks at every sample page of ui/preview as people will see it: 360 and 1440 px wide, light and dark, and at 320 px with text doubled.
//   node browser/look.mjs [--shots DIR] [WORD...]     only samples whose name holds a WORD
// Fails on: an axe violation (WCAG 2.2 A, AA, AAA), sideways scrolling, an error in the console, a page over its weight. Ends with N passed, N failed.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { build } from '../../ui/build.mjs';
import { Preview, samples, serve } from '../../ui/preview.mjs';
import { axeFaults, launch, listen, wider } from './checks.mjs';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const views = [
  { name: 'phone', width: 360, height: 740, theme: 'light' },
  { name: 'phone-dark', width: 360, height: 740, theme: 'dark' },
  { name: 'desktop', width: 1440, height: 900, theme: 'light' },
  { name: 'desktop-dark', width: 1440, height: 900, theme: 'dark' },
];
const weightMax = 15_000; // what a second visit may load: the page alone
const firstVisitMax = 100_000; // page, styles, scripts, fonts and pictures

async function look(browser, address, sample, view, shots) {
  const context = await browser.newContext({ viewport: { width: view.width, height: view.height }, colorScheme: view.theme,
    hasTouch: view.width < 600, bypassCSP: false, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const faults = [];
  listen(page, faults);
  const answer = await page.goto(`${address}/${sample.name}`, { waitUntil: 'load' });
  await page.evaluate(() => document.fonts.ready);
  if (answer.status() !== 200) faults.push(`status ${answer.status()}`);
  faults.push(...await axeFaults(page));
  const wide = await page.evaluate(wider);
  if (wide.length) faults.push(`wider than the window: ${wide.join(', ')}`);
  if (shots) await page.screenshot({ path: path.join(shots, `${sample.name.replaceAll('/', '-')}.${view.name}.png`), fullPage: true });
  await context.close();
  return faults;
}

/** Bytes a browser with an empty cache receives for a page, text compressed as the server does. */
async function firstVisit(browser, address, name) {
  const page = await browser.newPage();
  const answers = [];
  page.on('response', (answer) => answers.push(answer));
  await page.goto(`${address}/${name}`, { waitUntil: 'networkidle' });
  let bytes = 0;
  for (const answer of answers) {
    const body = await answer.body().catch(() => Buffer.alloc(0));
    bytes += /woff2/.test(answer.url()) ? body.length : zlib.brotliCompressSync(body).length;
  }
  await page.close();
  return bytes;
}

/** Page templates nobody made a sample for. */
function unseen() {
  const seen = new Set(samples().map((sample) => sample.template));
  const systems = path.join(root, 'systems');
  return fs.readdirSync(systems).map((system) => path.join(systems, system, 'pages')).filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder).filter((file) => file.endsWith('.html')).map((file) => path.join(folder, file)))
    .filter((file) => !seen.has(file)).map((file) => `no sample for ${path.relative(root, file)}`);
}

/** 320 px and twice the text: nothing may stick out. */
async function doubled(browser, address, sample, shots) {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, bypassCSP: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${address}/${sample.name}`, { waitUntil: 'load' });
  await page.addStyleTag({ content: ':root{font-size:200% !important}' });
  const wide = await page.evaluate(wider);
  if (shots && wide.length) await page.screenshot({ path: path.join(shots, `${sample.name.replaceAll('/', '-')}.320.png`), fullPage: true });
  await context.close();
  return wide.length ? [`320 px, text doubled: wider than the window: ${wide.join(', ')}`] : [];
}

async function main() {
  const args = process.argv.slice(2);
  const at = args.indexOf('--shots');
  const shots = at >= 0 ? args.splice(at, 2)[1] : null;
  if (shots) fs.mkdirSync(shots, { recursive: true });
  const files = path.join(root, 'build', 'ui');
  const server = serve(new Preview(await build(files)), files, 0);
  await new Promise((go) => server.once('listening', go));
  const address = `http://127.0.0.1:${server.address().port}`;
  const browser = await launch();
  let passed = 0;
  let failed = 0;
  const tell = (name, faults) => {
    for (const fault of faults) console.log(`${name}: ${fault}`);
    if (faults.length) failed += 1;
    else passed += 1;
  };
  for (const sample of samples().filter((one) => args.length === 0 || args.some((word) => one.name.includes(word)))) {
    for (const view of views) tell(`${sample.name} ${view.name}`, await look(browser, address, sample, view, shots));
    tell(`${sample.name} 320`, await doubled(browser, address, sample, shots));
    const sent = zlib.brotliCompressSync(await (await fetch(`${address}/${sample.name}`)).text()).length;
    tell(`${sample.name} weight`, sent > weightMax ? [`${sent} bytes of HTML after compression`] : []);
  }
  for (const name of ['portal/home', 'portal/form_step', 'one_stop/queue']) {
    const bytes = await firstVisit(browser, address, name);
    console.log(`${name}: first visit ${bytes} bytes`);
    tell(`${name} first visit`, bytes > firstVisitMax ? [`${bytes} bytes`] : []);
  }
  tell('every page', unseen());
  await browser.close();
  server.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

await main();
