// Officers at their desks, in browsers of their own: every act of a birth, on the days of both laws.
import assert from 'node:assert/strict';
import { birth, photo } from './birth.mjs';
import { dossier, handle, officer, once, submit } from './desks.mjs';
import { chairman, clerk, desk, justice } from './officers.mjs';
import { journey } from './lib.mjs';
import { download, oneA4, said, validSignatures } from './papers.mjs';

/** A dossier of the demo that waits to be received, each time another one. */
async function waiting(scene) {
  const front = await officer(scene, desk);
  await front.go('/ban-lam-viec?trang-thai=filed');
  const codes = await front.page.locator('tr.row a.name').evaluateAll((links) => links.map((link) => link.getAttribute('href').split('/').pop()));
  assert.ok(codes.length > 0, 'nothing waits to be received');
  return codes.at(-1);
}

async function receive(scene, code) {
  const front = await officer(scene, desk);
  await handle(front, code, 'Tiếp nhận');
  await once(scene.province, desk, front, code, 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả');
  return front;
}

journey('a birth goes over every desk to the certificate', { views: ['desktop', 'phone'] }, async (scene) => {
  const { province, year } = scene;
  const code = await waiting(scene);
  const front = await receive(scene, code);
  const child = (await front.heading()).split(': ').pop();
  await front.sees('Đã tiếp nhận', 'Trả trước');
  const slip = await download(front, 'Giấy tiếp nhận');
  await oneA4(slip);
  assert.equal(await validSignatures(slip), 1);
  const words = await said(slip);
  for (const one of [code, 'NGƯỜI TIẾP NHẬN HỒ SƠ', '/TNHS', 'Vào Sổ theo dõi hồ sơ, Quyển số', 'Lệ phí', 'Thời hạn giải quyết', 'Giấy chứng sinh'])
    assert.ok(words.includes(one), `the slip does not say ${one}`);
  await handle(front, code, 'Chuyển công chức');
  const registrar = await officer(scene, justice);
  await handle(registrar, code, 'Đủ điều kiện', { note: 'Đủ giấy tờ' });
  if (year > 2016) await once(province, justice, registrar, code, 'Duyệt, ký');
  await registrar.go(`/ban-lam-viec/so/khai-sinh?q=${encodeURIComponent(child)}`);
  await registrar.sees(child);
  const deputy = await officer(scene, chairman);
  await handle(deputy, code, 'Duyệt, ký');
  if (year === 2016) await onPrePrintedForm(scene, registrar, code);
  else await signedTwice(scene, registrar, code);
  await front.go(dossier(code));
  await front.press(front.page.locator('.cta a.btn').first());
  assert.notEqual(await front.value('handed_to'), '', 'who collects is filled in');
  await front.press(front.page.locator(submit).first());
  await front.sees('Đã trả kết quả');
  assert.match(await province.thienan('registers', 'verify', 'births'), /0 faults/);
});

async function onPrePrintedForm(scene, registrar, code) {
  const stamps = await officer(scene, clerk);
  const stock = async () => {
    await stamps.go('/ban-lam-viec/phoi');
    const cells = await stamps.page.locator('.tbl').first().locator('tbody td').allInnerTexts();
    return cells.slice(1).map(Number);
  };
  const before = await stock();
  await registrar.go('/ban-lam-viec/phoi/may-in/them');
  const name = `Máy in ${scene.view} ${code}`;
  await registrar.fill({ name, right: '1,5', down: '-2' });
  await registrar.press(registrar.page.locator(submit));
  await registrar.sees(name, '1,5 mm');
  await registrar.go(dossier(code));
  await registrar.press('In lên phôi');
  const open = await registrar.page.locator('tr', { hasText: name }).locator('a').getAttribute('href');
  const printed = await registrar.page.request.get(open);
  assert.equal(printed.headers()['content-type'], 'application/pdf');
  await registrar.press('Ghi phôi đã in');
  const serial = await registrar.value('form_serial');
  assert.match(serial, /^KS \d{7}$/);
  await registrar.fill({ printed_well: 'false', spoil_reason: 'Kẹt giấy' });
  await registrar.press(registrar.page.locator(submit));
  await registrar.go(dossier(code));
  await registrar.press(registrar.page.locator('.cta a.btn', { hasText: 'Ghi phôi đã in' }).first());
  assert.notEqual(await registrar.value('form_serial'), serial, 'the spoiled form is not offered again');
  await registrar.fill({ printed_well: 'true' });
  await registrar.press(registrar.page.locator(submit));
  const [received, issued, spoiled, destroyed, left] = await stock();
  assert.deepEqual([issued, spoiled, left], [before[1] + 1, before[2] + 1, before[4] - 2]);
  assert.equal(received, issued + spoiled + destroyed + left);
  await handle(stamps, code, 'Đã đóng dấu');
}

async function signedTwice(scene, registrar, code) {
  await once(scene.province, justice, registrar, code, 'Ký số cơ quan');
  const seals = await officer(scene, clerk);
  await handle(seals, code, 'Ký số của cơ quan');
  await once(scene.province, clerk, seals, code, '2 chữ ký');
  const certificate = await download(seals, 'Giấy khai sinh');
  await oneA4(certificate);
  assert.equal(await validSignatures(certificate), 2);
}

journey('a change is on every open queue within a second', { days: ['2016-07-01T08:00'], views: ['desktop'] }, async (scene) => {
  const first = await officer(scene, desk);
  const code = await waiting(scene);
  const second = await officer(scene, 'Trưởng Bộ phận');
  await second.go('/ban-lam-viec/co-quan');
  const short = code.slice(code.indexOf('-') + 1);
  const row = second.page.locator('tr.row', { hasText: short });
  await row.waitFor();
  await first.go(dossier(code));
  await first.press(first.page.locator('.cta a.btn').first());
  // From the answer of the act, which comes after its commit, to the other's screen.
  await first.page.locator(submit).first().click();
  await first.page.waitForURL(`**${dossier(code)}`, { waitUntil: 'commit' });
  const done = Date.now();
  await row.filter({ hasText: 'Chuyển xử lý' }).waitFor();
  assert.ok(Date.now() - done < 1000, `${Date.now() - done} ms`);
  // The soonest deadline first; what has none running, suspended or waiting for its owner, comes after all that have one.
  const rows = await second.page.locator('tr.row').evaluateAll((all) => all.map((one) => ({
    kind: one.className.match(/is-(late|today|ok|wait)/)?.[1], due: one.querySelector('.c-due .code').textContent.trim() })));
  const running = rows.filter((one) => one.due !== '');
  assert.ok(running.length > 1);
  assert.deepEqual(rows.slice(0, running.length), running);
  const kinds = running.map((one) => ['late', 'today', 'ok'].indexOf(one.kind));
  assert.deepEqual(kinds, [...kinds].sort((a, b) => a - b));
});

journey('keys move, pick and open, and are still while one types', { days: ['2016-07-01T08:00'], views: ['desktop'] }, async (scene) => {
  const front = await officer(scene, desk);
  await front.go('/ban-lam-viec/co-quan');
  const { keyboard } = front.page;
  await keyboard.press('j');
  await keyboard.press('j');
  await keyboard.press('k');
  await keyboard.press('x');
  assert.equal(await front.page.locator('tr.row').first().locator('input').isChecked(), true);
  await keyboard.press('?');
  assert.ok(await front.page.locator('dialog#phim').isVisible());
  await keyboard.press('Escape');
  await keyboard.press('/');
  await keyboard.type('jjxx?');
  assert.equal(await front.page.locator('.omni input').inputValue(), 'jjxx?');
  // Telex: w, j, x, f, s, r end a syllable; while a composition runs they are the input method's.
  const composing = await front.page.evaluate(() => {
    document.activeElement.blur();
    const before = document.querySelectorAll('tr.row.is-cursor').length && [...document.querySelectorAll('tr.row')].findIndex((row) => row.classList.contains('is-cursor'));
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', isComposing: true, bubbles: true }));
    return before === [...document.querySelectorAll('tr.row')].findIndex((row) => row.classList.contains('is-cursor'));
  });
  assert.ok(composing, 'a key of the input method moved the cursor');
  await front.go('/ban-lam-viec/tai-khoan');
  await front.press('Tắt');
  await front.go('/ban-lam-viec/co-quan');
  await keyboard.press('j');
  assert.equal(await front.page.locator('tr.row.is-cursor').count(), 0);
});

journey('a supplement is asked once, in writing, and the clock stands', { views: ['desktop-plain'] }, async (scene) => {
  const { province } = scene;
  const code = await waiting(scene);
  const front = await receive(scene, code);
  await handle(front, code, 'Yêu cầu bổ sung', {}, 422);
  await front.fill({ reason: 'Ảnh Giấy chứng sinh mờ, chụp lại rõ bốn góc.' });
  await front.press(front.page.locator(submit).first());
  await once(province, desk, front, code, 'Phiếu yêu cầu bổ sung');
  await front.sees('Chờ bổ sung', 'Tạm dừng', 'Ảnh Giấy chứng sinh mờ');
  const letter = await download(front, 'Phiếu yêu cầu bổ sung');
  await oneA4(letter);
  assert.equal(await validSignatures(letter), 1);
});

journey('refused with a reason; two officers at one task', { days: ['2016-07-01T08:00'], views: ['desktop'] }, async (scene) => {
  const { province } = scene;
  const code = await waiting(scene);
  const front = await officer(scene, desk);
  const other = await officer(scene, 'Trưởng Bộ phận');
  const head = await officer(scene, chairman);
  await front.go(dossier(code));
  await front.press(front.page.locator('.cta a.btn', { hasText: 'Từ chối' }).first());
  await front.press(front.page.locator(submit).first(), 422);
  await front.fill({ reason: 'Việc này thuộc phường nơi mẹ cư trú.' });
  await front.press(front.page.locator(submit).first(), 422);
  assert.equal(await front.value('reason'), 'Việc này thuộc phường nơi mẹ cư trú.');
  await front.fill({ sure: true });
  const late = await officer(scene, desk);
  await late.go(dossier(code));
  await late.press(late.page.locator('.cta a.btn', { hasText: 'Tiếp nhận' }).first());
  await front.press(front.page.locator(submit).first());
  await front.sees('Từ chối');
  await late.press(late.page.locator(submit).first(), 409);
  await late.sees('đã xử lý', code);
  await once(province, desk, front, code, 'Phiếu từ chối');
  for (const visitor of [other, head]) {
    await visitor.go(dossier(code));
    await visitor.sees('Việc này thuộc phường nơi mẹ cư trú.');
  }
});

journey('handed in at the counter, late, without a phone: its fee is taken before it is handed over', { views: ['desktop'] }, async (scene) => {
  const { province, year } = scene;
  const front = await officer(scene, desk);
  const declared = birth(year);
  const late = { ...declared.steps.child, 'child.born_on': { day: 5, month: 1, year } };
  await front.go('/ban-lam-viec/nhan-tai-quay');
  await front.press(front.page.locator('main form[action$="/dang-ky-khai-sinh"] button').first());
  const step = async (answers, status = 200) => {
    await front.fill(answers);
    await front.press(front.page.locator('main form[method=post] .actions button.btn:not([name])').first(), status);
  };
  const { 'requester.phone': ignored, ...requester } = declared.steps.requester;
  assert.ok(ignored);
  await step(requester);
  await step(late);
  await step(declared.steps.parents);
  await front.page.setInputFiles('input[type=file][name="birth_notification"]', [await photo(front, 'giay.jpg', 100_000)]);
  if (front.script) await front.page.locator('ta-upload[data-paper="birth_notification"] li.file button[name="remove"]').first().waitFor();
  await step({});
  await step({ 'result.hand_over': 'at_desk' });
  await step({ declared_true: true });
  const code = front.path.split('/').pop();
  await front.sees('Đã tiếp nhận', '8.000');
  await once(province, desk, front, code, 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả');
  await front.press(front.page.locator('.cta a.btn', { hasText: 'Thu lệ phí' }).first());
  await front.press(front.page.locator(submit).first(), 422);
  await front.fill({ receipt: 'BL 0004711' });
  await front.press(front.page.locator(submit).first());
  await front.sees('Đã nộp lệ phí');
});

journey('a task is taken, given back and given to somebody else', { days: ['2016-07-01T08:00'], views: ['desktop'] }, async (scene) => {
  const code = await waiting(scene);
  const front = await receive(scene, code);
  await handle(front, code, 'Chuyển công chức');
  const registrar = await officer(scene, justice);
  await registrar.go(dossier(code));
  await registrar.press('Nhận việc');
  await registrar.press('Trả việc');
  await registrar.press('Nhận việc');
  const head = await officer(scene, chairman);
  await head.go(dossier(code));
  await head.press(head.page.locator('.cta a.btn', { hasText: 'Giao người khác' }).first());
  await head.press(head.page.locator(submit).first(), 422);
  await head.page.locator('[name=to]').selectOption({ index: 1 });
  await head.fill({ reason: 'Chia việc trong ngày' });
  await head.press(head.page.locator(submit).first());
  await head.sees('Chia việc trong ngày');
});

journey('the register of births is searched, shown in clear for a reason, corrected, extracted and printed', { views: ['desktop', 'phone'] }, async (scene) => {
  const { year } = scene;
  const registrar = await officer(scene, justice);
  await registrar.go('/ban-lam-viec/so/khai-sinh?q=nguyen');
  const first = registrar.page.locator('a.name').first();
  await registrar.press(first);
  const entry = registrar.path;
  await registrar.doesNotSee(/\b0511\d{8}\b/);
  await registrar.go(`${entry}/hien`);
  await registrar.press(registrar.page.locator(submit).first(), 422);
  await registrar.fill({ reason: 'Đối chiếu khi cải chính' });
  await registrar.press(registrar.page.locator(submit).first());
  await registrar.go(`${entry}/ghi-chu`);
  await registrar.press(registrar.page.locator(submit).first(), 422);
  await registrar.fill({ kind: 'correction', decision: `12/QĐ-UBND ngày 1/7/${year}`, evidence: `Giấy chứng sinh số 7/${year}`, content: 'Sửa ngày sinh theo Giấy chứng sinh', field: 'child_born_on', value: `3/6/${year}` });
  await registrar.press(registrar.page.locator(submit).first());
  await registrar.sees('Ghi chú chờ duyệt', 'Sửa ngày sinh theo Giấy chứng sinh');
  // Whoever prepared it cannot approve it: the page is not hers.
  const second = await officer(scene, chairman);
  await second.go('/ban-lam-viec/so/cho-duyet');
  await second.press(second.page.locator('main a.name').first());
  await second.press(second.page.locator(submit).first(), 422);
  await second.fill({ answer: 'no' });
  await second.press(second.page.locator(submit).first(), 422);
  await second.fill({ answer: 'yes' });
  await second.press(second.page.locator(submit).first());
  await registrar.go(entry);
  await registrar.sees('Có ghi chú thay đổi', `3/6/${year}`, '12/QĐ-UBND');
  await registrar.go(`${entry}/trich-luc`);
  await registrar.fill({ for: 'Trần Thị Bé', identity: '051180000123' });
  await registrar.press(registrar.page.locator(submit).first());
  await registrar.sees('TRÍCH LỤC KHAI SINH', 'Trần Thị Bé', '12/QĐ-UBND');
  await registrar.go(`/ban-lam-viec/so/khai-sinh/in?nam=${year}`);
  await registrar.sees('SỔ ĐĂNG KÝ KHAI SINH', `Quyển số 1/${year}`, 'Trang 1');
});

journey('the queue on a phone covers no checkbox and the picture opens at its step', { days: ['2016-07-01T08:00'], views: ['phone-script'] }, async (scene) => {
  const front = await officer(scene, desk);
  await front.go('/ban-lam-viec/co-quan');
  const covered = await front.page.evaluate(async () => {
    const bad = [];
    for (const box of document.querySelectorAll('tr.row input[type=checkbox]')) {
      box.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = box.getBoundingClientRect();
      for (const [dx, dy] of [[0.1, 0.1], [0.9, 0.9], [0.5, 0.5]]) {
        const top = document.elementFromPoint(x + width * dx, y + height * dy);
        if (top !== box) bad.push(`${box.value} under ${top?.className}`);
      }
    }
    return bad;
  });
  assert.deepEqual(covered, []);
  await front.press(front.page.locator('tr.row a.name').first());
  const here = await front.page.evaluate(() => {
    const scroll = document.querySelector('.scroll').getBoundingClientRect();
    const step = document.querySelector('.bpmn .here')?.getBoundingClientRect();
    return step ? step.left >= scroll.left - 1 && step.left < scroll.right : null;
  });
  assert.notEqual(here, false, 'the step where the dossier is lies outside the picture');
});
