// After filing: tracking, the supplement, withdrawal, the certificate and what a stranger can check of it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { file, photo, step, ward } from './birth.mjs';
import { journey } from './lib.mjs';
import { act, chairman, clerk, desk, justice } from './officers.mjs';

journey('anyone with the code can follow, without names, and guesses run dry', { views: ['phone', 'desktop'] }, async ({ enter, year, province }) => {
  const mother = await enter();
  const filed = await file(mother, year);
  const stranger = await enter();
  await stranger.go('/tra-cuu');
  await stranger.fill({ ma: filed.code.toLowerCase() });
  await stranger.press('Xem');
  await stranger.sees(filed.code, 'Đăng ký khai sinh', 'Đã nộp');
  await stranger.doesNotSee(filed.child, filed.mother, filed.phone, filed.child.toUpperCase());
  await act(province, filed.code, desk, 'receive');
  await stranger.go(`/tra-cuu?ma=${filed.code}`);
  await stranger.sees('Đã tiếp nhận', 'Hạn trả');
  await stranger.doesNotSee(filed.child, filed.mother, filed.phone);
  // The right code as often as one likes; wrong ones only so many times, then not even the right one.
  for (let i = 0; i < 35; i += 1) assert.equal((await stranger.context.request.get(`/tra-cuu?ma=${filed.code}`)).status(), 200);
  await stranger.go('/tra-cuu?ma=99999-160701-9999', 404);
  assert.match(await stranger.page.title(), /^Lỗi: /);
  let status = 404;
  for (let i = 0; i < 40 && status === 404; i += 1) status = (await stranger.context.request.get(`/tra-cuu?ma=21172-160701-${8000 + i}`)).status();
  assert.equal(status, 429);
  assert.equal((await stranger.context.request.get(`/tra-cuu?ma=${filed.code}`)).status(), 429);
  assert.equal((await (await enter()).context.request.get(`/tra-cuu?ma=${filed.code}`)).status(), 200);
});

journey('she answers the one supplement and sees who looked', { views: ['phone', 'phone-script', 'desktop'] }, async ({ enter, year, province }) => {
  const mother = await enter();
  const filed = await file(mother, year);
  await act(province, filed.code, desk, 'receive');
  await act(province, filed.code, desk, 'supplement', { reason: 'Ảnh Giấy chứng sinh mờ, chụp lại giúp.' });
  assert.match((await province.message(filed.phone, /bổ sung/i)).body, new RegExp(filed.code));
  await mother.go('/ho-so-cua-toi');
  await mother.sees('Cần bạn bổ sung', 'Tạm dừng');
  await mother.press(mother.page.locator(`a[href="/ho-so-cua-toi/${filed.code}"]`));
  await mother.press('Bổ sung');
  await mother.sees('Ảnh Giấy chứng sinh mờ, chụp lại giúp.');
  await step(mother, {}, 422); // Nothing sent is no answer.
  await mother.fill({ message: 'Tôi gửi lại ảnh rõ hơn.' });
  await mother.page.setInputFiles('input[type=file][name="birth_notification"]', [await photo(mother, 'ro-hon.jpg', 300_000)]);
  await mother.press('Gửi phần bổ sung');
  await mother.sees('Đã gửi phần bổ sung');
  await mother.go(`/ho-so-cua-toi/${filed.code}`);
  await mother.sees('Giấy chứng sinh');
  await mother.doesNotSee('Cần bạn bổ sung');
  await mother.go('/ai-da-xem');
  await mother.go(`/ho-so-cua-toi/${filed.code}/bo-sung`); // Answered: it leads back to the dossier.
  assert.equal(mother.path, `/ho-so-cua-toi/${filed.code}`);
});

journey('she withdraws before and after reception, and the way back is closed', { views: ['phone', 'desktop'] }, async ({ enter, year, province }) => {
  for (const received of [false, true]) {
    const mother = await enter();
    const filed = await file(mother, year);
    if (received) await act(province, filed.code, desk, 'receive');
    await mother.go(`/ho-so-cua-toi/${filed.code}`);
    await mother.press('Rút hồ sơ');
    await mother.sees('Rút rồi thì không mở lại được');
    await step(mother, { reason: 'Gia đình đổi tên con.' });
    await mother.sees('Đã rút hồ sơ', 'Gia đình đổi tên con.');
    await mother.doesNotSee(`/ho-so-cua-toi/${filed.code}/rut`);
    await mother.go(`/tra-cuu?ma=${filed.code}`);
    await mother.sees('Đã rút');
  }
});

journey('she confirms with a code, downloads the certificate, a stranger checks it', { days: ['2026-07-01T08:00'], views: ['phone', 'desktop'] }, async ({ enter, year, province }) => {
  const mother = await enter();
  const filed = await file(mother, year, { handOver: 'online' });
  await act(province, filed.code, desk, 'receive');
  await act(province, filed.code, desk, 'pass_on');
  await act(province, filed.code, justice, 'enter');
  await mother.go(`/ho-so-cua-toi/${filed.code}`);
  await mother.press('Xem và xác nhận');
  await mother.sees(filed.child);
  await mother.press('Đúng, gửi mã cho tôi');
  await step(mother, { code: '12' }, 422);
  await step(mother, { code: await province.code(filed.phone) });
  await mother.sees('Đã xác nhận nội dung ghi vào Sổ');
  await mother.doesNotSee('Xem và xác nhận');
  await act(province, filed.code, chairman, 'approve');
  await act(province, filed.code, clerk, 'seal');
  await province.message(filed.phone, /kết quả/i);

  await mother.go(`/ho-so-cua-toi/${filed.code}`);
  const certificate = mother.page.getByRole('link', { name: 'Giấy khai sinh', exact: true });
  assert.equal(await certificate.count(), 1); // The sealed one only.
  const answer = await mother.context.request.get(await certificate.getAttribute('href'));
  assert.equal(answer.headers()['content-type'], 'application/pdf');
  const pdf = path.join(province.home, 'giay-khai-sinh.pdf');
  fs.writeFileSync(pdf, await answer.body());
  const said = execFileSync('pdfsig', [pdf], { encoding: 'utf8' });
  assert.equal(said.match(/Signature Validation: Signature is Valid/g)?.length, 2, said);

  // The QR code of the paper leads to its page.
  execFileSync('pdftoppm', ['-r', '200', '-png', pdf, path.join(province.home, 'to')]);
  const pages = fs.readdirSync(province.home).filter((name) => name.startsWith('to') && name.endsWith('.png'));
  const qr = pages.map((name) => { try { return execFileSync('zbarimg', ['-q', '--raw', path.join(province.home, name)], { encoding: 'utf8' }); } catch { return ''; } }).join('').trim();
  assert.match(qr, /\/xac-minh\/[\w-]+$/);
  const stranger = await enter();
  await stranger.go(new URL(qr).pathname);
  await stranger.sees('Đang có hiệu lực', 'SHA-256');
  await stranger.doesNotSee(filed.child, filed.mother);

  const check = async (bytes, name) => {
    await stranger.page.setInputFiles('input[name="file"]', { name, mimeType: 'application/pdf', buffer: bytes });
    await stranger.press('Kiểm tra tệp');
  };
  const good = fs.readFileSync(pdf);
  await check(good, 'that.pdf');
  await stranger.sees('Giấy thật, đang có hiệu lực');
  // One byte inside the signed range.
  const bad = Buffer.from(good);
  const at = bad.indexOf('stream', 200) + 40;
  bad[at] ^= 1;
  const changed = path.join(province.home, 'sua.pdf');
  fs.writeFileSync(changed, bad);
  const verdict = spawnSync('pdfsig', ['-nocert', changed], { encoding: 'utf8' });
  assert.match(verdict.stdout, /Signature Validation: (Digest Mismatch|Signature is Invalid)/);
  assert.doesNotMatch(verdict.stdout, /Signature 1[\s\S]*Signature is Valid[\s\S]*Signature is Valid/);
  await check(bad, 'sua.pdf');
  await stranger.sees('Không phải giấy thật', 'Tệp đã thay đổi trong phần được ký');
  await check(Buffer.from('không phải PDF'), 'x.pdf');
  await stranger.sees('Không đọc được tệp này');
  await stranger.go('/xac-minh');
  await check(good, 'that.pdf');
  await stranger.sees('Giấy thật, đang có hiệu lực');

  // The name is corrected in the register: what was issued before is no longer in force.
  const officer = await enter({ view: 'desktop' });
  await officer.signIn(province.account(justice, ward));
  await officer.go(`/ban-lam-viec/so/khai-sinh?q=${encodeURIComponent(filed.child)}`);
  await officer.press(officer.page.locator('main tr').filter({ hasText: filed.child }).locator('a.name'));
  await officer.go(`${officer.path}/ghi-chu`);
  await officer.fill({ kind: 'correction', decision: '12/QĐ-UBND', content: 'Cải chính tên con.', field: 'child_full_name', value: `${filed.child} Nhi` });
  await officer.press(officer.page.locator('main form button.btn').last());
  const second = await enter({ view: 'desktop' });
  await second.signIn(province.account(chairman, ward));
  await second.go('/ban-lam-viec/so/cho-duyet');
  await second.press(second.page.locator('main a.name').first());
  await second.fill({ answer: 'yes' });
  await second.press(second.page.locator('main form button.btn').last());
  await stranger.go(new URL(qr).pathname);
  await stranger.sees('Không còn hiệu lực');
  await check(good, 'that.pdf');
  await stranger.sees('Không còn hiệu lực', 'không còn hiệu lực');
  await mother.go('/ai-da-xem');
  await mother.sees('hộ tịch');

  // Handed over, then rated, once.
  await act(province, filed.code, desk, 'handed_over', { form: { handed_to: filed.mother, handed_by: 'online', register_signed: 'by_code' } });
  await mother.go(`/ho-so-cua-toi/${filed.code}`);
  await mother.press('Đánh giá');
  await step(mother, {}, 422);
  await step(mother, { stars: '5', comment: 'Nhanh.' });
  await mother.sees('Cảm ơn bạn đã đánh giá');
  await mother.doesNotSee(`/ho-so-cua-toi/${filed.code}/danh-gia`);
});
