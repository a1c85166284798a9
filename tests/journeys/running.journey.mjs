// Those who run the processes: hold and let go, edit a process, try it out, move dossiers; and why a fee is what it is.
import assert from 'node:assert/strict';
import { ward } from './birth.mjs';
import { desk } from './officers.mjs';
import { journey } from './lib.mjs';

const submit = 'main form .actions button.btn';
const system = 'Quản trị hệ thống';
const pack = '/ban-lam-viec/goi/birth_registration';

async function administrator({ enter, province }, options = {}) {
  const visitor = await enter(options);
  await visitor.signIn(province.account(system));
  return visitor;
}

async function officer({ enter, province }, post, options = {}) {
  const visitor = await enter(options);
  await visitor.signIn(province.account(post, ward));
  return visitor;
}

/** A dossier that waits to be received. */
async function waiting(front, which) {
  await front.go('/ban-lam-viec?trang-thai=filed');
  const codes = await front.page.locator('tr.row a.name').evaluateAll((links) => links.map((link) => link.getAttribute('href').split('/').pop()));
  assert.ok(codes.length > which, 'too few wait to be received');
  return codes.at(which);
}

/** The source of the editor, whether it is drawn or not. */
async function source(visitor) {
  const area = visitor.page.locator('textarea[name="content"]');
  if (visitor.script) await visitor.page.locator('.editor.is-drawn').waitFor();
  if (!(await area.isVisible())) await visitor.page.locator('.editor').getByRole('button', { name: /Mã nguồn/ }).click();
  return area;
}

journey('a held dossier is let go again', { views: ['desktop', 'phone'] }, async (scene) => {
  const front = await officer(scene, desk);
  const code = await waiting(front, 0);
  const admin = await administrator(scene);
  await admin.go('/ban-lam-viec/tam-dung');
  await admin.sees('Không có gì đang tạm dừng');
  await admin.press('Tạm dừng');
  await admin.press(admin.page.locator(submit).first(), 422);
  await admin.fill({ kind: 'dossier', what: code, reason: 'Đang xác minh đơn tố cáo' });
  await admin.press(admin.page.locator(submit).first());
  await admin.sees(code, 'Đang xác minh đơn tố cáo');

  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.press(front.page.locator('.cta a.btn', { hasText: 'Tiếp nhận' }).first());
  await front.press(front.page.locator(submit).first(), 422);
  await front.sees('đang tạm dừng xử lý', 'Đang xác minh đơn tố cáo');

  await admin.go('/ban-lam-viec/tam-dung');
  await admin.press(admin.page.getByRole('link', { name: 'Mở lại' }).first());
  await admin.fill({ reason: 'Đã xác minh' });
  await admin.press(admin.page.locator(submit).first());
  await admin.sees('Không có gì đang tạm dừng');
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.press(front.page.locator('.cta a.btn', { hasText: 'Tiếp nhận' }).first());
  await front.press(front.page.locator(submit).first());
});

journey('a process is edited, found wrong, mended, compared and put in force; running dossiers move to it', { views: ['desktop', 'phone'] }, async (scene) => {
  const front = await officer(scene, desk);
  const code = await waiting(front, 1);
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.press(front.page.locator('.cta a.btn', { hasText: 'Tiếp nhận' }).first());
  await front.press(front.page.locator(submit).first());

  const admin = await administrator(scene);
  await admin.go(pack);
  await admin.press('Sửa');
  await admin.sees('process.bpmn', 'fees.dmn');
  const area = await source(admin);
  const good = await area.inputValue();
  // The desks before this one may have renamed the step already.
  const [was, is] = good.includes('"pass_on"') ? ['pass_on', 'forward'] : ['forward', 'pass_on'];
  const [called, calls] = good.includes('name="Chuyển xử lý"') ? ['Chuyển xử lý', 'Chuyển cho hộ tịch'] : ['Chuyển cho hộ tịch', 'Chuyển xử lý'];
  // A gateway that waits for two ways where only one comes.
  const bad = good.replace('<exclusiveGateway id="before_check"', '<parallelGateway id="before_check"')
    .replace(/(<parallelGateway id="before_check"[\s\S]*?)<\/exclusiveGateway>/, '$1</parallelGateway>');
  assert.notEqual(bad, good);
  await area.fill(bad);
  await admin.press('Kiểm tra và xem thay đổi', 422);
  await admin.sees('Bản này chưa dùng được', 'Đường đi dẫn tới lỗi');

  await (await source(admin)).fill(good.replaceAll(`"${was}"`, `"${is}"`).replaceAll(`>${was}<`, `>${is}<`).replace(`name="${called}"`, `name="${calls}"`));
  await admin.press('Kiểm tra và xem thay đổi');
  await admin.sees('Thay đổi của quy trình', calls);
  await admin.press(admin.page.locator(submit).first());

  await admin.go(pack);
  await admin.press('Chuyển hồ sơ sang bản mới');
  await admin.sees(code, 'Không chuyển được', `không có bước ${was}`);
  await admin.fill({ map: `${was} -> ${is}` });
  await admin.press('Thử');
  await admin.sees('Chuyển được');
  await admin.fill({ map: `${was} → ${is}`, reason: 'Đổi tên bước' });
  await admin.press('Chuyển các hồ sơ chuyển được');
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.sees(calls);
});

journey('a process is tried out with a clock of its own', { views: ['desktop', 'phone', 'desktop-plain'] }, async (scene) => {
  const admin = await administrator(scene);
  await admin.go(`${pack}/thu`);
  await admin.sees('Tiếp nhận, kiểm tra giấy tờ', 'Đồng hồ thử');
  await admin.fill({ start: '2026-07-01T08:00' });
  await admin.press('Chạy lại với dữ liệu này');
  await admin.sees('1/7/2026');
  await admin.press('Tiếp nhận');
  await admin.sees('Hẹn trả', 'casework.receive');
  await admin.press('Qua 1 ngày làm việc');
  await admin.sees('2/7/2026');
  await admin.press('Bỏ việc vừa làm');
  await admin.press('Làm lại từ đầu');
  await admin.doesNotSee('casework.receive</b>');
  await admin.fill({ data: 'không phải JSON' });
  await admin.press('Chạy lại với dữ liệu này', 422);
});

journey('an officer is told why a fee is what it is', { views: ['desktop', 'phone'] }, async (scene) => {
  const front = await officer(scene, desk);
  const code = await waiting(front, 2);
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.press(front.page.locator('.cta a.btn', { hasText: 'Tiếp nhận' }).first());
  await front.press(front.page.locator(submit).first());
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.press('Vì sao?');
  await front.sees('Vì hồ sơ cho biết', 'Thời hạn đăng ký', 'Bảng lệ phí', 'Luật Hộ tịch');
});

journey('the steps of a process are printed, and a table of steps becomes a process', { views: ['desktop', 'phone'] }, async (scene) => {
  const admin = await administrator(scene);
  await admin.go(pack);
  await admin.press('Bảng các bước');
  await admin.sees('Tiếp nhận, kiểm tra giấy tờ', 'Tổng');
  await admin.page.locator('input[type=file]').setInputFiles({
    name: 'buoc.csv', mimeType: 'text/csv',
    buffer: Buffer.from('Quy trình;Cấp giấy phép\nBước;Nội dung công việc;Đơn vị/Người thực hiện;Thời gian;Kết quả/Chuyển bước\n1;Tiếp nhận;one_stop_officer;4 giờ;\n2;Ký duyệt;chairman;0,5 ngày;"đồng ý → kết thúc; trả lại → 1 (cần lý do)"\n'),
  });
  await admin.press('Đổi thành quy trình');
  await admin.sees('Sửa gói dữ liệu');
  assert.match(await (await source(admin)).inputValue(), /<userTask[^>]*name="Ký duyệt"/);
  await admin.go(`${pack}/bang`);
  await admin.page.locator('input[type=file]').setInputFiles({ name: 'sai.csv', mimeType: 'text/csv', buffer: Buffer.from('không;phải\nbảng;bước\n') });
  await admin.press('Đổi thành quy trình', 422);
});
