// A mother looks for what she needs: by words, with and without marks.
import assert from 'node:assert/strict';
import { journey } from './lib.mjs';

journey('she finds birth registration', { views: ['phone', 'phone-script', 'desktop', 'desktop-plain'] }, async ({ enter, year }) => {
  const mother = await enter();
  await mother.go('/');
  for (const words of ['khai sinh', 'khai sinh cho con', 'dang ky khai sinh']) {
    await mother.go('/');
    await mother.fill({ q: words });
    await mother.press(mother.page.locator('form[action="/thu-tuc"] button').first());
    assert.equal(await mother.page.locator('main ul a, main ol a').first().getAttribute('href'), '/thu-tuc/dang-ky-khai-sinh');
  }
  await mother.go('/thu-tuc/dang-ky-khai-sinh');
  await mother.sees('Giấy chứng sinh', 'Trong ngày', 'Miễn lệ phí', year === 2016 ? 'Mức độ 3: nộp trực tuyến, đến ký Sổ' : 'Trực tuyến toàn trình');
});
