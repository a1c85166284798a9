// A page of an old paper book: scanned, typed by two people, decided by a third, accepted by a fourth, found and extracted.
import assert from 'node:assert/strict';
import { photo, ward } from './birth.mjs';
import { chairman, clerk, desk, justice } from './officers.mjs';
import { journey } from './lib.mjs';

const list = '/ban-lam-viec/so-giay';
let year = 1999; // Every run of the journey takes a year of its own.

async function officer({ enter, province }, post) {
  const visitor = await enter();
  await visitor.signIn(province.account(post, ward));
  return visitor;
}

const typed = (name) => ({
  'v--number': '15', 'v-child_full_name': name, 'v-child_born_on': '1998', 'v-child_sex': 'Nam', 'v-mother_full_name': 'Nguyễn Thị Hòa',
  'v-registered_on': `20/3/${year}`,
});

/** The next page for this typist, one entry, finished. */
async function type(visitor, answers) {
  await visitor.go(list);
  await visitor.press('Nhập trang tiếp theo');
  await visitor.fill(answers);
  await visitor.press('Lưu, xong trang này');
}

journey('a page of 1998 is typed twice, decided, accepted, and found in the register', { views: ['desktop', 'phone'] }, async (scene) => {
  year -= 1;
  const first = await officer(scene, desk);
  await first.go(list);
  await first.press('Lập quyển để số hóa');
  await first.press(first.page.locator('main form .actions button.btn'), 422);
  await first.fill({ register: 'births', year, number: 1, notation: 'TP/HT-98', pages: 20 });
  await first.page.locator('[name="agency"]').selectOption({ index: 1 });
  await first.press(first.page.locator('main form .actions button.btn'));
  const book = first.path;
  await first.page.locator('[name="file"]').setInputFiles({ name: 'trang-1.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('%!PS no picture') });
  await first.press('Lưu ảnh', 422);
  await first.page.locator('[name="file"]').setInputFiles(await photo(first, 'trang-1.jpg', 100_000));
  await first.press('Lưu ảnh');
  await first.sees('Chờ nhập');

  await first.go(list);
  await first.press('Nhập trang tiếp theo');
  await first.fill({ ...typed('Võ Văn Bảy'), 'v-child_born_on': '12/' });
  await first.press('Lưu, xong trang này', 422);
  await first.fill(typed('Võ Văn Bảy'));
  await first.press('Lưu, xong trang này');

  const second = await officer(scene, clerk);
  await second.go(book);
  await second.doesNotSee('Võ Văn Bảy');
  await type(second, { ...typed('Võ Văn Bẩy'), 'v-mother_full_name': 'Nguyễn Thị Hoà' });

  const third = await officer(scene, justice);
  await third.go(list);
  await third.press('Quyết định chỗ lệch tiếp theo');
  await third.sees('Võ Văn Bảy', 'Võ Văn Bẩy', 'Chỉ khác chỗ đặt dấu thanh');
  await third.press(third.page.locator('.mismatch').first().locator('button[value="first"]'));

  const fourth = await officer(scene, chairman);
  await fourth.go(list);
  await fourth.press('Duyệt trang tiếp theo');
  await fourth.press('Duyệt vào Sổ');
  await fourth.sees('Đã vào Sổ');
  await fourth.go(book);
  await fourth.sees('Tỷ lệ sai', 'Hai người nhập giống nhau');

  await third.go(`/ban-lam-viec/so/khai-sinh?q=vo+van+bay&nam=${year}`);
  await third.sees(`15/${year}`);
  await third.press(`15/${year}`);
  await third.sees('TP/HT-98', 'Nam', '1998');
  await third.press('Cấp trích lục');
  await third.fill({ for: 'Võ Văn Bảy' });
  await third.press(third.page.locator('main form .actions button.btn'));
  const text = await third.page.content();
  assert.ok(text.includes(`15/${year}`) && text.includes('Võ Văn Bảy'), 'the extract names the entry');
});
