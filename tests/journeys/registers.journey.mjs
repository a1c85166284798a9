// Entries that change and entries asked for from afar: a correction by two officers, a copy given at another commune.
import assert from 'node:assert/strict';
import { attach, commune, photo, step, ward } from './birth.mjs';
import { dossier, handle, officer, submit } from './desks.mjs';
import { freshPhone, journey } from './lib.mjs';
import { act, chairman, clerk, desk, justice } from './officers.mjs';
import { download, leadsTo, said, validSignatures } from './papers.mjs';

const identity = (year) => (year < 2025 ? { kind: 'identity_card_9', number: '212000777' } : { kind: 'identity_card', number: '051091000777' });

const requester = (year, phone, unit) => {
  const paper = identity(year);
  return {
    'requester.full_name': 'Phạm Thị Vy', ...(phone && { 'requester.phone': phone }), 'requester.identity.kind': paper.kind,
    'requester.identity.number': paper.number, 'requester.residence.unit': unit,
  };
};

let taken = 0;

/** An entry of this year's births of the ward, each time another one: its page, number, name and day of birth. */
async function entryOfBirth(registrar, year) {
  await registrar.go(`/ban-lam-viec/so/khai-sinh?nam=${year}`);
  const rows = registrar.page.locator('main tbody tr');
  const row = rows.nth((await rows.count()) - 1 - taken);
  taken += 1;
  const cells = (await row.locator('td').allInnerTexts()).map((text) => text.trim());
  const born = /(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(cells[2]).slice(1).map(Number);
  return {
    page: await row.locator('a.name').getAttribute('href'), number: cells[0].trim(), name: cells[1].split('\n')[0].trim(),
    born: { day: born[0], month: born[1], year: born[2] },
  };
}

/** Whose desk it is, as its top bar says: "Nguyễn Thị Thu Như". */
async function nameOf(visitor) {
  return (await visitor.page.locator('a.who .vh').textContent()).split(',')[0].trim();
}

journey('a correction is entered by one officer and approved by a second', { views: ['desktop', 'phone'] }, async (scene) => {
  const { province, year } = scene;
  const registrar = await officer(scene, justice);
  const entry = await entryOfBirth(registrar, year);
  const right = { ...entry.born, day: entry.born.day === 1 ? 2 : entry.born.day - 1 };

  // At the counter of the ward.
  const front = await officer(scene, desk);
  await front.go('/ban-lam-viec/nhan-tai-quay');
  await front.page.locator('main [name=q]').fill('cải chính');
  await front.press('Tìm');
  await front.press(front.page.locator('main form[action$="/thay-doi-cai-chinh-bo-sung-thong-tin-ho-tich"] button').first());
  const go = async (answers, status = 200) => {
    await front.fill(answers);
    await front.press(front.page.locator('main form[method=post] .actions button.btn:not([name])').first(), status);
  };
  await go(requester(year, null, ward));
  await go({ 'person.full_name': entry.name, 'person.born_on': entry.born, 'person.sex': 'female', 'person.ethnicity': '01', 'person.residence.unit': ward });
  await go({ 'original.register': 'births', 'original.unit': ward, 'original.number': entry.number, 'original.full_name': entry.name });

  // What is to be corrected decides which field is asked; a wife is none of a birth's. A second particular follows.
  const asks = async (answers) => {
    await front.fill(answers);
    if (!front.script) await front.press(front.page.locator('main form[method=post] .actions button.btn:not([name])').first(), 422);
  };
  await asks({ 'change.kind': 'correction', 'change.field': 'child_born_on', 'change.another': 'true' });
  await asks({ 'second.field': 'child_hometown' });
  await go({ 'change.day': right, 'change.grounds': 'Giấy chứng sinh ghi ngày khác', 'second.value': 'xã Ba Vinh, tỉnh Quảng Ngãi' });
  for (const paper of ['original_paper', 'evidence']) await attach(front, paper, [await photo(front, `${paper}.jpg`, 100_000)]);
  await go({});
  await go({ 'result.hand_over': 'at_desk' });
  await go({ declared_true: true });
  const code = front.path.split('/').pop();
  await front.sees('Đã tiếp nhận', '15.000');
  await act(province, code, desk, 'pass_on');

  // One officer enters; the same one has no way to approve.
  await registrar.go(`/ban-lam-viec/ho-so/${code}`);
  await registrar.press(registrar.page.locator('.cta a.btn', { hasText: 'Đủ điều kiện' }).first());
  await registrar.fill({ note: 'Đúng với Giấy chứng sinh' });
  await registrar.press(registrar.page.locator(submit).first());
  await registrar.go(`/ban-lam-viec/ho-so/${code}`);
  assert.equal(await registrar.page.locator('.cta a.btn', { hasText: 'Duyệt, ký' }).count(), 0);
  await registrar.go(entry.page);
  await registrar.doesNotSee('Sổ đăng ký thay đổi');

  // The second looks and approves: only then the birth has its note, with who prepared it and what it rests on.
  const deputy = await officer(scene, chairman);
  await deputy.go(`/ban-lam-viec/ho-so/${code}`);
  await deputy.press(deputy.page.locator('.cta a.btn', { hasText: 'Duyệt, ký' }).first());
  await deputy.press(deputy.page.locator(submit).first());
  await registrar.go(entry.page);
  await registrar.sees(`${right.day}/${right.month}/${right.year}`, 'xã Ba Vinh, tỉnh Quảng Ngãi', 'Sổ đăng ký thay đổi');
  await registrar.sees(new RegExp(`Cải chính ${await nameOf(registrar)}, .*; duyệt: ${await nameOf(deputy)}, `));

  if (year === 2016) {
    await act(province, code, justice, 'printed');
    await act(province, code, clerk, 'stamped');
  } else {
    await act(province, code, clerk, 'seal');
  }
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.press(front.page.locator('.cta a.btn', { hasText: 'Thu lệ phí' }).first());
  await front.fill({ receipt: `BL 00047${taken}` });
  await front.press(front.page.locator(submit).first());
  await act(province, code, desk, 'handed_over', { form: { handed_to: 'Phạm Thị Vy', handed_by: 'at_desk', register_signed: 'at_desk' } });
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.sees('Đã trả kết quả');
  for (const register of ['births', 'changes']) assert.match(await province.thienan('registers', 'verify', register), /0 faults/);
});

journey('a copy of an entry is given at another commune', { views: ['phone', 'desktop'] }, async (scene) => {
  const { province, year, enter } = scene;
  const registrar = await officer(scene, justice, { view: 'desktop' });
  const entry = await entryOfBirth(registrar, year);

  const citizen = await enter();
  const phone = freshPhone();
  await citizen.go('/nop/cap-ban-sao-trich-luc-ho-tich');
  await step(citizen, { agency: commune, phone });
  await step(citizen, { code: await province.code(phone) });
  await step(citizen, requester(year, phone, commune));

  // Another name on a right number, as on a forged paper: refused at the field, what was typed stays.
  const asked = { 'original.register': 'births', 'original.unit': ward, 'original.number': entry.number, purpose: 'Nhập học' };
  await step(citizen, { ...asked, 'original.full_name': 'Trần Văn Bảy' }, 422);
  await citizen.sees('Không tìm thấy số');
  assert.equal(await citizen.value('purpose'), 'Nhập học');
  await step(citizen, { ...asked, 'original.full_name': entry.name });
  if (year === 2016) await attach(citizen, 'requester_identity', [await photo(citizen, 'cmnd.jpg', 100_000)]);
  await step(citizen, {});
  await step(citizen, { 'result.hand_over': 'at_desk', 'result.copies': 2 });
  await step(citizen, { declared_true: true });
  const code = /\/da-nop\/(.+)$/.exec(citizen.path)[1];

  // The commune that keeps another book numbers the copy in its own.
  const here = { agency: commune };
  await act(province, code, desk, 'receive', here);
  await act(province, code, desk, 'pass_on', here);
  const copies = await officer(scene, justice, { ...here, view: 'desktop' });
  await copies.go(dossier(code));
  await copies.sees(entry.name, `Phường Trương Quang Trọng`);
  await handle(copies, code, 'Đủ điều kiện', { note: 'Đúng với mục trong Sổ' });
  await act(province, code, chairman, 'approve', here);
  if (year === 2016) {
    await act(province, code, justice, 'printed', here);
    await act(province, code, clerk, 'stamped', here);
  } else {
    await act(province, code, clerk, 'seal', here);
  }
  assert.match((await province.message(phone, /kết quả/)).body, new RegExp(code));
  const front = await officer(scene, desk, { ...here, view: 'desktop' });
  await front.go(dossier(code));
  if (year > 2016) {
    const copy = await download(front, 'Trích lục');
    assert.equal(await validSignatures(copy), 2);
    const words = await said(copy);
    assert.ok(words.includes(entry.number), 'the copy names the entry');
    assert.ok(words.toUpperCase().includes(entry.name.toUpperCase()), 'and whose it is');
    const stranger = await enter();
    await stranger.go(new URL(await leadsTo(copy)).pathname);
    await stranger.sees('Đang có hiệu lực');
  }
  await handle(front, code, 'Thu lệ phí', { receipt: `BL 00048${taken}` });
  await handle(front, code, 'Đã trả kết quả', { handed_to: 'Phạm Thị Vy', handed_by: 'at_desk', register_signed: 'at_desk' });
  await citizen.go(`/ho-so-cua-toi/${code}`);
  await citizen.sees('Đã trả kết quả');
  assert.match(await province.thienan('registers', 'verify', 'extracts'), /0 faults/);
});
