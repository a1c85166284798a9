// Accounts of citizens: signing up, in, the ways back in, sessions.
import assert from 'node:assert/strict';
import { step } from './birth.mjs';
import { freshPhone, journey } from './lib.mjs';

const password = 'bốn con bò vàng 2016';
const other = 'năm con bò trắng 2026';

async function signUp(visitor, contact, name = 'Phạm Thị Vy') {
  await visitor.go('/dang-ky');
  await step(visitor, { contact });
  await step(visitor, { code: await visitor.province.code(contact), full_name: name, password });
  await visitor.sees('Đã tạo tài khoản');
}

journey('she signs up by phone or e-mail and signs in', { views: ['phone', 'desktop'] }, async ({ enter, province }) => {
  const mother = await enter();
  await mother.go('/dang-ky');
  await step(mother, { contact: 'vy@' }, 422);
  assert.match(await mother.page.title(), /^Lỗi: /);
  assert.equal(await mother.value('contact'), 'vy@');
  for (const contact of [freshPhone(), `vy.${Date.now()}@thu.example`]) {
    await mother.go('/dang-ky');
    await step(mother, { contact });
    const code = await province.code(contact);
    await step(mother, { code, full_name: 'Phạm Thị Vy', password: 'ngan' }, 422);
    await mother.sees('Mật khẩu cần ít nhất 10 ký tự');
    assert.equal(await mother.value('full_name'), 'Phạm Thị Vy');
    assert.equal(await mother.value('password'), '');
    await step(mother, { code, password });
    await mother.sees('Đã tạo tài khoản');
    await mother.signIn({ login: contact, password });
    assert.equal(mother.path, '/ho-so-cua-toi');
    await mother.sees('Chưa có hồ sơ nào');
    await mother.go('/tai-khoan');
    await mother.sees('Phạm Thị Vy');
    await mother.press('Đăng xuất');
  }
});

journey('a wrong password says so, keeps the name and locks after many', { days: ['2026-07-01T08:00'] }, async ({ enter }) => {
  const mother = await enter();
  const phone = freshPhone();
  await signUp(mother, phone);
  await mother.go('/dang-nhap');
  for (let tries = 0; tries < 8; tries += 1) {
    await step(mother, { login: phone, password: 'sai mật khẩu rồi' }, 422);
    assert.equal(await mother.value('login'), phone);
    if ((await mother.text()).includes('tạm khóa')) return;
  }
  throw new Error('eight wrong passwords did not lock');
});

journey('a forgotten password is set anew with a code', {}, async ({ enter, province }) => {
  const mother = await enter();
  const phone = freshPhone();
  await signUp(mother, phone);
  await mother.go('/dang-nhap');
  await mother.press('Quên mật khẩu');
  await step(mother, { contact: phone });
  await step(mother, { code: await province.code(phone), password: other });
  await mother.sees('Đã đổi mật khẩu');
  await step(mother, { login: phone, password }, 422);
  await mother.signIn({ login: phone, password: other });
});

journey('a lost phone: a recovery code opens the account, the new number takes over', {}, async ({ enter, province }) => {
  const mother = await enter();
  const [old, fresh] = [freshPhone(), freshPhone()];
  await signUp(mother, old);
  await mother.signIn({ login: old, password });
  await mother.go('/tai-khoan');
  await mother.press('Mã dự phòng');
  await mother.press('Tạo mã mới');
  const codes = await mother.page.locator('ul.codes li').allTextContents();
  assert.equal(codes.length, 10);
  const found = await enter();
  await found.go('/dang-nhap');
  await found.press('Mất điện thoại');
  await step(found, { login: old, recovery: 'AAAA-BBBB', password: other }, 422);
  await step(found, { login: old, recovery: codes[3], password: other });
  await found.signIn({ login: old, password: other });
  await found.go('/tai-khoan/lien-he');
  await step(found, { contact: fresh });
  await step(found, { code: await province.code(fresh) });
  await found.sees('Đã đổi cách liên hệ');
  // The session of the lost phone is over, the code used up, the old number signs nobody in.
  await mother.page.goto('/tai-khoan');
  assert.match(mother.path, /^\/dang-nhap/);
  await mother.go('/mat-dien-thoai');
  await step(mother, { login: old, recovery: codes[3], password }, 422);
  await mother.go('/dang-nhap');
  await step(mother, { login: old, password: other }, 422);
  await mother.signIn({ login: fresh, password: other });
});

journey('she sees where she is signed in and ends one', { views: ['phone', 'desktop'] }, async ({ enter }) => {
  const here = await enter();
  const phone = freshPhone();
  await signUp(here, phone);
  await here.signIn({ login: phone, password });
  const there = await enter({ view: 'desktop' });
  await there.signIn({ login: phone, password });
  await here.go('/tai-khoan');
  const others = here.page.locator('form[action="/tai-khoan/phien"] button[name="end"]:not([value="others"])');
  assert.equal(await others.count(), 1);
  await here.press(others);
  await here.sees('Đã đăng xuất nơi đó');
  assert.equal(await others.count(), 0);
  await there.page.goto('/tai-khoan');
  assert.match(there.path, /^\/dang-nhap/);
  await here.go('/ai-da-xem');
  await here.go('/tai-khoan/mat-khau');
  await step(here, { old_password: 'không đúng mật khẩu', password: other }, 422);
  await step(here, { old_password: password, password: other });
  await here.sees('Đã đổi mật khẩu');
});
