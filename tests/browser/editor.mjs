// The editor of processes, decisions and other files in a real browser, under the site's own policy. Ends with N passed, N failed.
//   node editor.mjs [FOLDER]...      also opens every .bpmn and .dmn below these folders
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { build } from '../../ui/build.mjs';
import { axeFaults, launch, listen, wider } from './checks.mjs';
import { differences, engineFaults } from './editor_compare.mjs';
import { serve } from './editor_page.mjs';
import { files, samples } from './editor_samples.mjs';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const tests = [];
const test = (name, run, options = {}) => tests.push({ name, run, options });
const pages = new Map();
const birth = path.join(root, 'systems', 'civil_status', 'procedures', 'birth_registration');
const process_bpmn = fs.readFileSync(path.join(birth, 'process.bpmn'), 'utf8');
const fees_dmn = fs.readFileSync(path.join(birth, 'fees.dmn'), 'utf8');

/** Opens the editor with `given` and waits until it is there. */
async function open(page, given) {
  pages.set('/page', given);
  await page.goto('/page');
  await page.waitForSelector('.editor[data-ready]');
}
/** Reading XML that is wrong, the browser makes a box of words with a style of its own, which the policy refuses; nobody sees that box. */
const box_of_faults = /ERR_|404|Applying inline style/;
const source = (page) => page.inputValue('#content');
const toSource = (page) => page.click('.editor-view >> nth=1');
const toDrawing = (page) => page.click('.editor-view >> nth=0');
const said = (page) => page.textContent('.editor-note[role=alert]');
const choose = (page, id) => page.selectOption('#editor-element', id);

const unfold = (page) => page.evaluate(() => document.querySelectorAll('.editor-group').forEach((group) => { group.open = true; }));

/** Types into a field of the panel and leaves it. */
async function type(page, field, text) {
  await unfold(page);
  await page.fill(`#editor-${field}`, text);
  await page.dispatchEvent(`#editor-${field}`, 'change');
}

/** Changes something and takes it back, so that the file is written anew; answers what was written. */
async function written(page) {
  const name = await page.inputValue('#editor-name');
  await type(page, 'name', `${name} x`);
  await type(page, 'name', name);
  await toSource(page);
  return source(page);
}

for (const file of files(root, process.argv.slice(2))) {
  test(`${path.relative(root, file)} comes through the editor whole`, async (page) => {
    const kind = path.extname(file).slice(1);
    const text = fs.readFileSync(file, 'utf8');
    await open(page, { kind, text });
    assert.equal(await page.locator('.editor.is-drawn').count(), 1, await said(page));
    if (kind === 'dmn') return; // opening compares; cells are edited in a test of their own
    const after = await written(page);
    assert.deepEqual(await differences(page, text, after), []);
    assert.equal(engineFaults(after), engineFaults(text));
  });
}

for (const { name, text } of samples(root)) {
  test(`the elements of ${name} come through the editor whole`, async (page) => {
    await open(page, { kind: 'bpmn', text });
    assert.equal(await page.locator('.editor.is-drawn').count(), 1, await said(page));
    assert.deepEqual(await differences(page, text, await written(page)), []);
  });
}

test('a file nobody changed keeps every byte', async (page, sent) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await choose(page, 'check');
  await toSource(page);
  assert.equal(await source(page), process_bpmn);
  await toDrawing(page);
  await page.click('.actions .btn');
  await page.waitForURL('**/sent');
  assert.equal(sent.at(-1).get('content').replaceAll('\r\n', '\n'), process_bpmn);
  assert.equal(sent.at(-1).get('act'), 'check');
});

test('a name and an outcome changed in the panel are in what the form sends', async (page, sent) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await choose(page, 'check');
  await type(page, 'name', 'Thẩm tra hồ sơ');
  await type(page, 'Name-en', 'Check the dossier');
  await type(page, 'Outcome-0-vi', 'Đủ điều kiện');
  await page.click('#editor-Outcome-0-reason');
  await page.click('.actions .btn');
  await page.waitForURL('**/sent');
  const content = sent.at(-1).get('content');
  assert.match(content, /<userTask id="check" name="Thẩm tra hồ sơ">\s*<extensionElements>\s*<ta:name en="Check the dossier"\/>/);
  assert.match(content, /<ta:outcome name="enter" vi="Đủ điều kiện" en="Enter in the register" reason="true"\/>/);
});

test('one change is one line of difference', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await choose(page, 'check');
  await type(page, 'Outcome-0-vi', 'Đủ điều kiện');
  await toSource(page);
  const [before, after] = [process_bpmn.split('\n'), (await source(page)).split('\n')];
  const changed = (one, other) => one.filter((line) => !other.includes(line)).map((line) => line.trim());
  assert.deepEqual(changed(before, after), ['<ta:outcome name="enter" vi="Đủ điều kiện, vào Sổ" en="Enter in the register"/>']);
  assert.deepEqual(changed(after, before), ['<ta:outcome name="enter" vi="Đủ điều kiện" en="Enter in the register"/>']);
});

test('everything of our extension can be made in the panel', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await choose(page, 'approve');
  await type(page, 'Budget-body', 'P1WD');
  await type(page, 'Budget-calendar', 'reception');
  await type(page, 'Form-ref', 'check');
  await type(page, 'not-same-as', 'check receive');
  await type(page, 'Returns-to', 'check');
  await type(page, 'Label-vi', 'Chờ duyệt');
  await page.click('text=Thêm kết quả');
  await type(page, 'Outcome-3-name', 'postpone');
  await type(page, 'Outcome-3-vi', 'Hoãn');
  await choose(page, 'use_form');
  await unfold(page);
  await page.click('text=Thêm đầu ra');
  await type(page, 'outputs-1-name', 'state');
  await page.selectOption('#editor-Action-mode', 'outbox');
  await choose(page, 'flow_check_result_enter_register');
  await type(page, 'condition', 'outcome = "enter" and form_used');
  await choose(page, 'receive_overdue');
  await type(page, 'timer-value', 'PT4WH');
  await choose(page, 'wait_supplement');
  await type(page, 'reference-name', 'papers_received');
  await choose(page, 'pool');
  await type(page, 'Variable-0-type', 'text');
  await toSource(page);
  const text = await source(page);
  for (const wanted of ['<ta:budget calendar="reception">P1WD</ta:budget>', '<ta:form ref="check"/>', '<ta:notSameAs task="check"/>', '<ta:notSameAs task="receive"/>',
    '<ta:returns to="check"/>', '<ta:label vi="Chờ duyệt" en="Waiting for signature"/>', '<ta:outcome name="postpone" vi="Hoãn"/>',
    '<ta:action name="documents.use_blank" mode="outbox">', '<ta:out name="state"/>', 'outcome = "enter" and form_used</conditionExpression>',
    '<timeDuration xsi:type="tFormalExpression">PT4WH</timeDuration>', '<message id="message_supplement_received" name="papers_received"/>',
    '<ta:variable name="state" type="text"/>'])
    assert.ok(text.includes(wanted), `${wanted} is missing`);
});

test('undo and redo, by button and by key', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await choose(page, 'check');
  await type(page, 'Outcome-0-vi', 'Khác');
  await page.click('[aria-label="Hoàn tác"]');
  assert.equal(await page.inputValue('#editor-Outcome-0-vi'), 'Đủ điều kiện, vào Sổ');
  await page.focus('.editor-canvas');
  await page.keyboard.press('Control+y');
  assert.equal(await page.inputValue('#editor-Outcome-0-vi'), 'Khác');
  await page.keyboard.press('Control+z');
  assert.equal(await page.inputValue('#editor-Outcome-0-vi'), 'Đủ điều kiện, vào Sổ');
  assert.equal(await page.getAttribute('[aria-label="Hoàn tác"]', 'aria-disabled'), 'true');
});

test('XML that is wrong stays in the source, with words; mended, it is drawn', async (page) => {
  const broken = process_bpmn.replace('</process>', '</proces>');
  await open(page, { kind: 'bpmn', text: broken });
  assert.equal(await page.isVisible('#content'), true);
  assert.equal(await source(page), broken);
  assert.match(await said(page), /XML sai ở dòng \d+.*chưa mất gì/);
  await page.fill('#content', process_bpmn);
  await toDrawing(page);
  await page.waitForSelector('.editor.is-drawn');
  assert.equal(await page.isVisible('#content'), false);
  assert.equal(await page.isVisible('.editor-note[role=alert]'), false);
}, { allowed: box_of_faults });

test('a change in the source comes into the drawing, a wrong one stays where it was typed', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await toSource(page);
  await page.fill('#content', process_bpmn.replace('Thẩm tra, đối chiếu', 'Thẩm tra lại'));
  await toDrawing(page);
  await page.waitForSelector('.editor.is-drawn');
  await choose(page, 'check');
  assert.equal(await page.inputValue('#editor-name'), 'Thẩm tra lại');
  await toSource(page);
  await page.fill('#content', '<a>');
  await toDrawing(page);
  await page.waitForSelector('.editor-note[role=alert]:not([hidden])');
  assert.equal(await source(page), '<a>');
}, { allowed: box_of_faults });

test('what the drawing could not keep is not opened in it', async (page) => {
  const text = process_bpmn.replace('<ta:name en="Birth registration"/>', '<ta:name en="Birth registration"/><ta:unheard of="us"/>');
  await open(page, { kind: 'bpmn', text });
  assert.match(await said(page), /không giữ được: <ta:unheard>/);
  assert.equal(await source(page), text);
});

test('elements of other namespaces are kept', async (page) => {
  const text = process_bpmn.replace('xmlns:ta=', 'xmlns:other="urn:other" xmlns:ta=')
    .replace('<ta:name en="Check and compare"/>', '<ta:name en="Check and compare"/><other:note colour="red">giữ <![CDATA[<nguyên>]]></other:note>');
  await open(page, { kind: 'bpmn', text });
  await choose(page, 'check');
  assert.deepEqual(await differences(page, text, await written(page)), []);
});

test('a file without a drawing says so', async (page) => {
  const text = process_bpmn.replace(/<bpmndi:BPMNDiagram[^]*<\/bpmndi:BPMNDiagram>/, '');
  await open(page, { kind: 'bpmn', text });
  assert.match(await said(page), /không có phần hình vẽ/);
  assert.equal(await source(page), text);
});

test('a finding is a button that selects its element', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn, findings: [{ element: 'check', words: 'Không ai nhận bước này.' }, { line: '7', words: 'Dòng 7.' }] });
  await page.focus('.finding >> nth=0');
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue('#editor-element'), 'check');
  assert.equal(await page.locator('[data-element-id=check].selected').count(), 1);
  const box = await page.locator('[data-element-id=check]').boundingBox();
  const canvas = await page.locator('.editor-canvas').boundingBox();
  assert.ok(box.x >= canvas.x && box.x + box.width <= canvas.x + canvas.width, 'it is in view');
  await page.click('.finding >> nth=1');
  await page.waitForSelector('#content:visible');
  const line = await page.evaluate(() => { const area = document.querySelector('#content'); return area.value.slice(area.selectionStart, area.selectionEnd); });
  assert.equal(line, process_bpmn.split('\n')[6]);
});

test('the path of a counterexample is numbered and its beginning in view', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn, path: 'sign seal apply_seal sign' });
  assert.deepEqual(await page.locator('.path-number').allTextContents(), ['1, 4', '2', '3']);
  assert.equal(await page.locator('.on-path').count(), 3);
  const box = await page.locator('[data-element-id=sign]').boundingBox();
  const canvas = await page.locator('.editor-canvas').boundingBox();
  assert.ok(box.x > canvas.x && box.y > canvas.y && box.y + box.height < canvas.y + canvas.height, 'it is in view');
});

test('leaving with unsaved changes asks, without changes it does not', async (page) => {
  const asked = [];
  page.on('dialog', (dialog) => { asked.push(dialog.type()); return dialog.accept(); });
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await page.click('h1');
  await page.reload();
  assert.deepEqual(asked, []);
  await page.waitForSelector('.editor[data-ready]');
  await choose(page, 'check');
  await type(page, 'name', 'Khác');
  await page.click('h1');
  await page.reload();
  assert.deepEqual(asked, ['beforeunload']);
});

test('Enter in the panel and the menus of the modeler do not send the form', async (page, sent) => {
  const before = sent.length;
  await open(page, { kind: 'bpmn', text: process_bpmn });
  await choose(page, 'check');
  await page.fill('#editor-name', 'Thẩm tra kỹ');
  await page.press('#editor-name', 'Enter');
  await page.click('.djs-context-pad [data-action=replace]');
  await page.click('.djs-popup [data-id=toggle-parallel-mi]');
  await page.waitForTimeout(100);
  assert.match(page.url(), /\/page$/);
  assert.equal(sent.length, before);
  await toSource(page);
  assert.match(await source(page), /name="Thẩm tra kỹ">[^]*<multiInstanceLoopCharacteristics/);
});

test('the words of the modeler are Vietnamese, or English when asked', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  assert.equal(await page.getAttribute('.djs-palette [data-action="create.exclusive-gateway"]', 'title'), 'Cổng');
  await choose(page, 'check');
  await page.click('.djs-context-pad [data-action=replace]');
  assert.equal(await page.textContent('.djs-popup [data-id=replace-with-service-task] .djs-popup-label'), 'Bước tự động');
  await open(page, { kind: 'bpmn', text: process_bpmn, language: 'en' });
  assert.equal(await page.getAttribute('.djs-palette [data-action="create.exclusive-gateway"]', 'title'), 'Create gateway');
});

test('a rule of a decision table is changed, undone and written', async (page) => {
  await open(page, { kind: 'dmn', file: 'fees.dmn', text: fees_dmn });
  const cell = page.locator('td[data-element-id=rule_late_exempt_3]');
  await cell.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('2000');
  await toSource(page);
  const text = await source(page);
  assert.deepEqual(await differences(page, fees_dmn, text), (await differences(page, fees_dmn, fees_dmn.replace(/(rule_late_exempt_3"><text>)0/, '$12000'))));
  await toDrawing(page);
  while (await page.getAttribute('[aria-label="Hoàn tác"]', 'aria-disabled') !== 'true') await page.click('[aria-label="Hoàn tác"]');
  await toSource(page);
  assert.deepEqual(await differences(page, fees_dmn, await source(page)), []);
});

test('a finding in a decision marks its rule; the diagram of decisions opens', async (page) => {
  await open(page, { kind: 'dmn', file: 'fees.dmn', text: fees_dmn, findings: [{ element: 'rule_late', words: 'Dòng 3 chồng dòng 2.' }] });
  await page.click('.editor-decision >> nth=0');
  await page.waitForSelector('.dmn-drd-container [data-element-id=birth_fee]');
  await page.click('.finding');
  await page.waitForSelector('.is-found');
});

test('a text file: tab writes blanks, Escape and Tab leave, a finding goes to its line', async (page) => {
  await open(page, { kind: 'text', file: 'fees.csv', text: 'a,b\n1,2\n3,4\n', findings: [{ line: '2', words: 'Sai' }] }).catch(() => undefined);
  await page.focus('#content');
  await page.keyboard.press('Tab');
  assert.match(await source(page), / {2}/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.notEqual(await page.evaluate(() => document.activeElement.id), 'content');
  await page.click('.finding');
  assert.equal(await page.evaluate(() => { const area = document.querySelector('#content'); return area.value.slice(area.selectionStart, area.selectionEnd); }), '1,2');
});

test('without scripts the source is a plain form', async (page, sent) => {
  pages.set('/page', { kind: 'bpmn', text: process_bpmn });
  await page.goto('/page');
  assert.equal(await page.isVisible('#content'), true);
  await page.click('.actions .btn');
  await page.waitForURL('**/sent');
  assert.equal(sent.at(-1).get('content').replaceAll('\r\n', '\n'), process_bpmn);
}, { javaScriptEnabled: false });

for (const [width, height] of [[360, 740], [1440, 900]])
  for (const theme of ['light', 'dark'])
    for (const kind of ['bpmn', 'dmn'])
      test(`${kind} at ${width} px, ${theme}: axe has nothing to say, nothing is wider than the window`, async (page) => {
        const text = kind === 'bpmn' ? process_bpmn : fees_dmn;
        await open(page, { kind, text, theme, path: kind === 'bpmn' ? 'receive receive_result' : '', findings: [{ element: kind === 'bpmn' ? 'check' : 'rule_late', words: 'Xem lại chỗ này.' }] });
        if (kind === 'bpmn') await choose(page, 'check');
        assert.deepEqual(await axeFaults(page), []);
        assert.deepEqual(await page.evaluate(wider), []);
        await toSource(page);
        assert.deepEqual(await axeFaults(page), []);
      }, { viewport: { width, height } });

test('a finger moves the diagram and selects', async (page) => {
  await open(page, { kind: 'bpmn', text: process_bpmn });
  assert.equal(await page.isVisible('.djs-palette'), false);
  const start = page.locator('[data-element-id=filed].djs-shape');
  const before = await start.boundingBox();
  const client = await page.context().newCDPSession(page);
  const touch = (type, x, y) => client.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
  const canvas = await page.locator('.editor-canvas').boundingBox();
  const [x, y] = [canvas.x + 200, canvas.y + canvas.height - 60];
  await touch('touchStart', x, y);
  await touch('touchMove', x - 20, y - 10);
  await touch('touchMove', x - 40, y - 20);
  await touch('touchEnd');
  const after = await start.boundingBox();
  assert.ok(before.x - after.x > 30 && before.y - after.y > 10, JSON.stringify([before, after]));
  await page.waitForTimeout(400); // a tap right after is still the same gesture for the browser
  await page.locator('[data-element-id=receive].djs-shape').tap();
  assert.equal(await page.inputValue('#editor-element'), 'receive');
  await page.click('[aria-label="Bảng hình vẽ"]');
  assert.equal(await page.isVisible('.djs-palette'), true);
}, { viewport: { width: 360, height: 740 }, hasTouch: true });

const built = path.join(root, 'build', 'ui_editor');
const { server, sent } = serve(await build(built), built, pages);
await new Promise((go) => server.once('listening', go));
const browser = await launch();
let failed = 0;
for (const { name, run, options } of tests) {
  const { allowed, ...settings } = options;
  const context = await browser.newContext({ baseURL: `http://127.0.0.1:${server.address().port}`, ...settings });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  listen(page, faults, allowed);
  try {
    await run(page, sent);
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
