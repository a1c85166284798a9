// The islands in a real browser, on sample pages, with the server's answers played by the test. Ends with N passed, N failed.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { build } from '../../ui/build.mjs';
import { Preview, serve } from '../../ui/preview.mjs';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const tests = [];
const test = (name, run, options = {}) => tests.push({ name, run, options });
const json = (route, value, status = 200) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(value) });

/** The officer's queue, once it hears keys. */
async function queue(page) {
  await page.goto('/one_stop/queue');
  await page.waitForFunction(() => customElements.get('ta-queue') !== undefined);
}

test('focus goes to the error summary, and its link to the field', async (page) => {
  await page.goto('/portal/form_step');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'summary');
  await page.click('.summary a >> nth=0');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'born');
});

test('suggestions come while typing and Enter opens the chosen one', async (page) => {
  await page.route('**/api/v1/procedures**', (route) => json(route, { items: [{ name: 'Đăng ký khai sinh', href: '/portal/procedure', note: 'Xã' }] }));
  await page.goto('/portal/home');
  await page.fill('#q', 'khai');
  await page.waitForSelector('[role=option]');
  await page.press('#q', 'ArrowDown');
  assert.equal(await page.getAttribute('#q', 'aria-activedescendant'), 'q-goi-y-0');
  await page.press('#q', 'Enter');
  await page.waitForURL('**/portal/procedure');
});

test('a suggestion to another site is not followed', async (page) => {
  await page.route('**/api/v1/procedures**', (route) => json(route, { items: [{ name: 'x', href: 'https://example.invalid/' }] }));
  await page.goto('/portal/home');
  await page.fill('#q', 'khai');
  await page.click('[role=option]');
  assert.match(page.url(), /portal\/home$/);
});

test('a file travels at once, is sent again after a fault, and its checksum is compared', async (page) => {
  const bytes = crypto.randomBytes(300_000);
  const right = crypto.createHash('sha256').update(bytes).digest('hex');
  const answers = [];
  await page.route('**/api/v1/uploads/birth_note', (route) => {
    answers.push(route.request().headers()['x-csrf-token']);
    return answers.length === 1 ? route.fulfill({ status: 503 }) : json(route, { id: '77', sha256: right }, 201);
  });
  await page.goto('/portal/form_step');
  await page.setInputFiles('#papers', { name: 'anh.jpg', mimeType: 'image/jpeg', buffer: bytes });
  await page.waitForSelector('li.file button[value="77"]');
  assert.deepEqual(answers, ['c5d0e1', 'c5d0e1']);
  assert.equal(await page.inputValue('#papers'), '');
});

test('a damaged file is dropped and sent again', async (page) => {
  let sent = 0;
  const removed = [];
  const bytes = Buffer.from('abc');
  const right = crypto.createHash('sha256').update(bytes).digest('hex');
  await page.route('**/api/v1/uploads/birth_note', (route) => json(route, { id: String(++sent), sha256: sent === 1 ? 'wrong' : right }, 201));
  await page.route('**/nop/7F3K/buoc/2', (route) => {
    removed.push(/name="remove"\s+(\d+)/.exec(route.request().postData())?.[1]);
    return route.fulfill({ status: 200, body: '' });
  });
  await page.goto('/portal/form_step');
  await page.setInputFiles('#papers', { name: 'a.pdf', mimeType: 'application/pdf', buffer: bytes });
  await page.waitForSelector('li.file button[value="2"]');
  assert.deepEqual(removed, ['1']);
});

test('what the server refuses is shown in its words and not sent again', async (page) => {
  let sent = 0;
  await page.route('**/api/v1/uploads/birth_note', (route) => { sent += 1; return json(route, { detail: 'Tệp này không phải ảnh.' }, 422); });
  await page.goto('/portal/form_step');
  await page.setInputFiles('#papers', { name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('#!/bin/sh') });
  await page.waitForSelector('text=Tệp này không phải ảnh.');
  assert.equal(sent, 1);
});

test('a form saves itself while it is filled and says so', async (page) => {
  const saved = [];
  await page.route('**/nop/7F3K/luu', (route) => { saved.push(new URLSearchParams(route.request().postData())); return json(route, {}); });
  await page.goto('/portal/form_step@first');
  assert.equal(await page.isVisible('.saved'), false);
  await page.fill('#child-name', 'Nguyễn Văn An');
  await page.waitForSelector('.saved:not([hidden])');
  assert.match(await page.textContent('[data-saved-line]'), /Đã lưu lúc \d\d:\d\d/);
  assert.equal(saved[0].get('child.name'), 'Nguyễn Văn An');
  assert.equal(saved[0].get('csrf'), 'c5d0e1');
});

test('a lost connection is said in words', async (page) => {
  await page.route('**/nop/7F3K/luu', (route) => route.abort());
  await page.goto('/portal/form_step@first');
  await page.fill('#child-name', 'A');
  await page.waitForSelector('text=Mất mạng');
});

test('J and X move and pick in the queue, Enter opens', async (page) => {
  await queue(page);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  assert.equal(await page.textContent('[data-picked]'), '1');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Phạm Thị Vy');
  assert.equal(await page.locator('tr.is-picked').count(), 1);
  await page.keyboard.press('k');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Phạm Văn Sang');
});

test('keys are text while one types, also in a Telex composition', async (page) => {
  await queue(page);
  await page.focus('#f-q');
  await page.keyboard.type('jx/?');
  assert.equal(await page.inputValue('#f-q'), 'jx/?');
  await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', isComposing: true, bubbles: true })));
  assert.equal(await page.locator('tr.is-cursor').count(), 0);
  assert.equal(await page.locator('tr.is-picked').count(), 0);
});

test('/ goes to the search field and ? shows the keys', async (page) => {
  await queue(page);
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tim');
  assert.equal(await page.inputValue('#tim'), '');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('?');
  assert.equal(await page.isVisible('dialog#phim'), true);
});

test('keys that are switched off do nothing', async (page) => {
  await page.route('**/one_stop/queue', async (route) => {
    const answer = await route.fetch();
    return route.fulfill({ response: answer, body: (await answer.text()).replace('data-keys="on"', 'data-keys="off"').replace(/<kbd class="only-wide">.<\/kbd>/, '') });
  });
  await queue(page);
  await page.keyboard.press('j');
  await page.keyboard.press('/');
  assert.equal(await page.locator('tr.is-cursor').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
});

test('the queue refreshes when the server says so and keeps what was picked', async (page) => {
  let reads = 0;
  await page.route('**/ban-lam-viec/dong', (route) => route.fulfill({ contentType: 'text/event-stream', body: reads === 1 ? 'event: changed\ndata: 1\n\n' : 'retry: 60000\n\n' }));
  await page.route('**/one_stop/queue', async (route) => {
    reads += 1;
    const answer = await route.fetch();
    const body = await answer.text();
    return route.fulfill({ response: answer, body: reads === 1 ? body : body.replace('Phạm Văn Sang', 'Trương Quang Vỹ') });
  });
  await queue(page);
  await page.check('tr.row >> nth=2 >> input');
  await page.waitForSelector('text=Trương Quang Vỹ');
  assert.equal(await page.textContent('[data-picked]'), '1');
  assert.equal(await page.isChecked('tr.row >> nth=2 >> input'), true);
});

test('the process picture opens at the current step on a phone without scripts', async (page) => {
  await page.goto('/one_stop/dossier');
  const [left, width] = await page.evaluate(() => { const box = document.querySelector('.scroll'); return [box.scrollLeft, box.clientWidth]; });
  const here = await page.locator('.bpmn .here .shape').boundingBox();
  assert.ok(left > 100, `scrolled to ${left}`);
  assert.ok(here.x > 0 && here.x + here.width < width + 20, 'the current step is inside the window');
}, { viewport: { width: 360, height: 740 } });

test('a choice shows its own fields only when it is chosen, without scripts', async (page) => {
  await page.goto('/portal/form_step');
  assert.equal(await page.isVisible('#hospital'), true);
  assert.equal(await page.isVisible('#place-other'), false);
  await page.click('label:has(#place-o)');
  assert.equal(await page.isVisible('#place-other'), true);
}, { javaScriptEnabled: false });

test('the code of a filed dossier can be copied', async (page) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/portal/filed');
  await page.click('ta-copy button');
  await page.waitForSelector('text=Đã chép');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '000.17.27.H48-160701-0012');
});

test('a question comes and goes with the answers that bring it up, a group with all that is in it', async (page) => {
  await page.goto('/portal/form_step@asked');
  const shown = () => page.locator('main [name]:visible').evaluateAll((all) => [...new Set(all.map((one) => one.name))].filter((name) => /^(change|second|third|more)/.test(name)).join(' '));
  assert.equal(await shown(), 'change.field change.value change.another more');
  await page.selectOption('#change-field', 'child_born_on');
  assert.equal(await shown(), 'change.field change.day.day change.day.month change.day.year change.another more');
  await page.check('[name="change.another"][value=true]');
  await page.check('[name="second.another"][value=true]');
  await page.selectOption('#third-field', 'child_born_on');
  assert.match(await shown(), /second.field second.value second.another third.field third.day.day/);
  await page.check('[name="change.another"][value=false]');
  assert.equal(await shown(), 'change.field change.day.day change.day.month change.day.year change.another more');
});

test('without scripts every question is there, a group once the page has been sent', async (page) => {
  await page.goto('/portal/form_step@asked');
  assert.ok(await page.isVisible('#change-day'));
  assert.ok(!await page.isVisible('#second-field'));
}, { javaScriptEnabled: false });

const files = path.join(root, 'build', 'ui');
const server = serve(new Preview(await build(files)), files, 0);
await new Promise((go) => server.once('listening', go));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let failed = 0;
for (const { name, run, options } of tests) {
  const context = await browser.newContext({ baseURL: `http://127.0.0.1:${server.address().port}`, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults = [];
  page.on('pageerror', (fault) => faults.push(fault.message));
  try {
    await run(page);
    assert.deepEqual(faults, []);
  } catch (fault) {
    failed += 1;
    console.log(`FAILED ${name}: ${fault.message}`);
  }
  await context.close();
}
await browser.close();
server.close();
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
