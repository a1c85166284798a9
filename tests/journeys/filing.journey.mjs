// A mother declares a birth, from the start page to the code of her dossier, with and without scripts.
import assert from 'node:assert/strict';
import { attach, birth, commune, file, next, photo, step, ward } from './birth.mjs';
import { journey } from './lib.mjs';

journey('she files without an account', { views: ['phone', 'phone-script', 'desktop', 'desktop-plain'] }, async ({ enter, province, year }) => {
  const mother = await enter();
  const declared = birth(year);
  await mother.go('/thu-tuc/dang-ky-khai-sinh');
  await mother.press('Nộp trực tuyến');

  // Nothing chosen: the summary comes first, its lines lead to the fields, the title says so.
  await step(mother, {}, 422);
  assert.match(await mother.page.title(), /^Lỗi: /);
  assert.equal(await mother.page.locator('.summary a').count(), 2);
  for (const href of await mother.page.locator('.summary a').evaluateAll((links) => links.map((one) => one.getAttribute('href'))))
    assert.equal(await mother.page.locator(href).count(), 1, href);
  if (mother.script) assert.equal(await mother.page.evaluate(() => document.activeElement.className), 'summary');
  await step(mother, { agency: ward, phone: '0905' }, 422);
  assert.equal(await mother.value('phone'), '0905');
  await step(mother, { phone: declared.phone });

  // The code came by the notices folder, readable by its owner alone; a wrong one is counted.
  const notice = await province.message(declared.phone, /\d{6}/);
  assert.equal(notice.mode, 0o600);
  const code = /\d{6}/.exec(notice.body)[0];
  await step(mother, { code: code === '000000' ? '000001' : '000000' }, 422);
  await mother.sees('Còn 4 lần nhập');
  await step(mother, { code });

  // Step 1, and a name of digits.
  await step(mother, { ...declared.steps.requester, 'requester.full_name': '12345' }, 422);
  assert.match(await mother.page.title(), /^Lỗi: /);
  assert.equal(await mother.value('requester.full_name'), '12345');
  assert.equal(await mother.value('requester.identity.number'), declared.steps.requester['requester.identity.number']);
  await step(mother, declared.steps.requester);

  // Step 2: a day that is none keeps what was typed.
  await step(mother, { ...declared.steps.child, 'child.born_on': { day: 30, month: 2, year } }, 422);
  await mother.sees(year === 2016 ? 'Tháng 2 năm 2016 chỉ có 29 ngày' : 'Tháng 2 năm 2026 chỉ có 28 ngày');
  assert.equal(await mother.value('child.born_on.day'), '30');
  assert.equal(await mother.value('child.full_name'), declared.child);
  await step(mother, declared.steps.child);

  // What she told of herself stands there already; saved and left, taken up again where it was.
  assert.equal(await mother.value('mother.full_name'), declared.mother);
  assert.equal(await mother.value('mother.residence.unit'), ward);
  assert.equal(await mother.value('father.nationality'), 'VN');
  await mother.fill({ 'mother.full_name': declared.mother });
  await mother.press(mother.page.locator('button[name="later"]'));
  await mother.sees('Bài khai đang làm dở');
  await mother.press(mother.page.locator('a[href*="/buoc/3"]').first());
  assert.equal(await mother.value('mother.full_name'), declared.mother);
  await step(mother, declared.steps.parents);

  // Papers: a script that calls itself a picture, then two photos of 3 MB.
  if (!mother.script) {
    await attach(mother, 'birth_notification', [{ name: 'anh.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('#!/bin/sh\necho a\n') }]);
    await mother.press(mother.page.locator(next).last(), 422);
    assert.match(await mother.page.title(), /^Lỗi: /);
  }
  await attach(mother, 'birth_notification', [await photo(mother, 'giay-chung-sinh-1.jpg'), await photo(mother, 'giay-chung-sinh-2.jpg')]);
  if (year === 2016) await attach(mother, 'requester_identity', [await photo(mother, 'cmnd.jpg', 400_000)]);
  await step(mother, {});
  await mother.press(mother.page.locator('nav a.crumb'));
  await mother.sees('giay-chung-sinh-1.jpg', 'giay-chung-sinh-2.jpg', 'SHA-256');
  await step(mother, {});
  await step(mother, { 'result.hand_over': 'at_desk' });

  // Review: without the tick it does not go.
  await mother.sees(declared.child.toUpperCase().slice(0, 0) + declared.child, 'giay-chung-sinh-1.jpg', 'Miễn phí');
  await step(mother, {}, 422);
  await mother.sees('Đánh dấu vào ô cam đoan');
  await mother.fill({ declared_true: true });
  await mother.press('Nộp hồ sơ');
  const filed = /\/da-nop\/((\d{5})-(\d{6})-(\d{4,}))$/.exec(mother.path);
  assert.ok(filed, `no dossier code in ${mother.path}`);
  assert.equal(filed[2], ward);
  assert.equal(filed[3], province.asOf.slice(2, 10).replaceAll('-', ''));
  await mother.sees(filed[1], 'Đã nộp hồ sơ');
  assert.match((await province.message(declared.phone, new RegExp(filed[1]))).body, new RegExp(filed[1]));
});

journey('the wrong commune is said before filing', {}, async ({ enter, year }) => {
  const mother = await enter();
  const declared = birth(year, { unit: ward });
  await mother.go('/nop/dang-ky-khai-sinh');
  await step(mother, { agency: commune, phone: declared.phone });
  await step(mother, { code: await mother.province.code(declared.phone) });
  await step(mother, declared.steps.requester);
  await step(mother, declared.steps.child);
  if (year === 2016) {
    // A birth of 2016 belongs to the parents' commune.
    await step(mother, declared.steps.parents, 422);
    await mother.sees('Phường Trương Quang Trọng', 'Chọn lại nơi nộp');
    assert.equal(await mother.value('agency'), commune);
    assert.equal(await mother.value('mother.full_name'), declared.mother);
    await step(mother, { agency: ward });
  } else {
    await step(mother, declared.steps.parents); // Later any desk of the province receives it.
  }
  await attach(mother, 'birth_notification', [await photo(mother, 'a.jpg', 50_000)]);
  if (year === 2016) await attach(mother, 'requester_identity', [await photo(mother, 'b.jpg', 50_000)]);
  await step(mother, {});
  await step(mother, { 'result.hand_over': 'at_desk' });
  await mother.sees('Trương Quang Trọng');
  if (year !== 2016) await mother.sees('Tịnh Khê');
});

journey('the same filing sent twice is one dossier', {}, async ({ enter, year, province }) => {
  const mother = await enter();
  const first = await file(mother, year);
  const count = async () => {
    await mother.go('/ho-so-cua-toi');
    return mother.page.locator('main .mine > li').count();
  };
  assert.equal(await count(), 1);
  // The review form again, as a second press of the button would send it.
  const second = birth(year, { phone: first.phone });
  await mother.go('/nop/dang-ky-khai-sinh');
  await step(mother, { agency: ward });
  for (const name of ['requester', 'child', 'parents']) await step(mother, second.steps[name]);
  await attach(mother, 'birth_notification', [await photo(mother, 'a.jpg', 50_000)]);
  if (year === 2016) await attach(mother, 'requester_identity', [await photo(mother, 'b.jpg', 50_000)]);
  await step(mother, {});
  await step(mother, { 'result.hand_over': 'at_desk' });
  const form = await mother.page.locator('main form').last().evaluate((element) => ({
    action: element.action, fields: [...new FormData(element)].filter(([, value]) => typeof value === 'string'),
  }));
  const body = new URLSearchParams([...form.fields, ['declared_true', '1']]).toString();
  const send = () => mother.context.request.post(form.action, {
    data: body, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: province.url }, maxRedirects: 0,
  });
  const [one, two] = await Promise.all([send(), send()]);
  assert.equal(one.status(), 303);
  assert.equal(two.status(), 303);
  assert.equal(one.headers().location, two.headers().location);
  assert.equal((await send()).headers().location, one.headers().location); // Much later too: the same answer, and nothing filed.
  assert.equal(await count(), 2);
});
