// The pages that need nobody's data: looks kept without scripts, English, help.
import assert from 'node:assert/strict';
import { journey } from './lib.mjs';

journey('size, colours, contrast and language are chosen without scripts', { days: ['2026-07-01T08:00'], views: ['phone', 'desktop-plain', 'desktop'] }, async ({ enter }) => {
  const reader = await enter();
  await reader.go('/thu-tuc?q=khai+sinh');
  await reader.press(reader.page.locator('a[href="/hien-thi"]').first());
  await reader.fill({ text: 'large', theme: 'dark', contrast: 'more', lang: 'en' });
  await reader.press(reader.page.locator('main button.btn').first());
  assert.equal(reader.path, '/thu-tuc?q=khai+sinh');
  const html = reader.page.locator('html');
  assert.deepEqual(await Promise.all(['lang', 'data-theme', 'data-text', 'data-contrast'].map((name) => html.getAttribute(name))), ['en', 'dark', 'large', 'more']);
  await reader.go('/hien-thi');
  assert.ok(await reader.page.locator('[name="contrast"][value="more"]').isChecked());
});

journey('English pages are English', { days: ['2026-07-01T08:00'] }, async ({ enter }) => {
  const reader = await enter();
  await reader.go('/hien-thi');
  await reader.fill({ lang: 'en' });
  await reader.press(reader.page.locator('main button.btn').first());
  // Names of places, people and laws stay as they are; these are words of pages.
  const vietnamese = /Đăng nhập|Thủ tục|Trợ giúp|Hồ sơ|Tìm|Quay lại|Lưu và|Giấy tờ|Chọn |Nộp /;
  for (const route of ['/', '/thu-tuc', '/thu-tuc/dang-ky-khai-sinh', '/nop/dang-ky-khai-sinh', '/tra-cuu', '/xac-minh', '/tro-giup', '/hien-thi',
    '/dang-nhap', '/dang-ky', '/quen-mat-khau', '/mat-dien-thoai']) {
    await reader.go(route);
    assert.equal(await reader.page.locator('html').getAttribute('lang'), 'en');
    const found = vietnamese.exec(await reader.text());
    assert.equal(found, null, `${route} says "${found?.[0]}"`);
  }
});

journey('every open page stands, also the ones that are not there', { views: ['phone', 'desktop', 'phone-script', 'desktop-plain'] }, async ({ enter }) => {
  const reader = await enter();
  for (const route of ['/', '/thu-tuc', '/thu-tuc?nhom=having_a_child', '/thu-tuc?trang=2', '/thu-tuc/dang-ky-khai-sinh', '/tro-giup', '/tro-giup?huyen=522', '/hien-thi', '/tra-cuu', '/xac-minh',
    '/dang-nhap', '/dang-ky', '/quen-mat-khau', '/mat-dien-thoai', '/nop/dang-ky-khai-sinh'])
    await reader.go(route);
  await reader.go('/thu-tuc?q=zzzzz');
  await reader.sees('Không thấy “zzzzz”');
  await reader.go('/khong-co', 404);
  await reader.go('/thu-tuc/khong-co', 404);
  await reader.go('/xac-minh/khong-co', 404);
});
