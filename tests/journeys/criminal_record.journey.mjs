// Somebody asks for a criminal record certificate and has it sent by post: filed on a phone or a desktop, looked up by
// the provincial police, signed, handed to the post; and nobody else is told whose it is.
import assert from 'node:assert/strict';
import { step, ward } from './birth.mjs';
import { dossier, handle, officer, once, submit } from './desks.mjs';
import { freshPhone, journey } from './lib.mjs';
import { clerk, desk } from './officers.mjs';
import { download, leadsTo, oneA4, said, validSignatures } from './papers.mjs';

const police = '51.CAT';
const specialist = 'Chuyên viên';
const page = '/nop/cap-phieu-ly-lich-tu-phap-so-1';
const name = 'Phạm Thị Vy';
const address = '12 Hùng Vương, phường Cẩm Thành, tỉnh Quảng Ngãi';

/** Answers of each step. */
function request() {
  const phone = freshPhone();
  const number = `051191${phone.slice(-6)}`;
  return {
    phone,
    requester: {
      'requester.full_name': name, 'requester.relation': 'self', 'requester.phone': phone,
      'requester.identity.kind': 'identity_card', 'requester.identity.number': number, 'requester.residence.unit': ward,
    },
    person: {
      'person.full_name': name, 'person.born_on': { day: 6, month: 5, year: 1991 }, 'person.sex': 'female',
      'person.birthplace': 'tỉnh Quảng Ngãi', 'person.ethnicity': '19', 'person.identity.kind': 'identity_card', 'person.identity.number': number,
      'person.residence.unit': ward, 'person.lived': 'one_place', 'person.history': 'Từ nhỏ ở Quảng Ngãi, công nhân may',
    },
    wish: { 'request.purpose': 'work', 'request.bans_asked': 'false' },
  };
}

async function file(person, asked) {
  await person.go(page);
  await step(person, { phone: asked.phone });
  await step(person, { code: await person.province.code(asked.phone) });
  await step(person, asked.requester);
  await step(person, asked.person);
  await step(person, asked.wish);
  await step(person, {});
  await step(person, { 'result.hand_over': 'by_post', 'result.address': address, 'result.copies': 1, 'result.exempt_group': 'none' });
  await person.sees('200.000', 'Công an tỉnh', address, 'Không gửi kèm giấy tờ nào.');
  await step(person, { declared_true: true });
  return /\/da-nop\/(.+)$/.exec(person.path)[1];
}

/** What a stranger finds who follows the code of the dossier, or scans the one on the paper. */
async function tellsNoName(stranger, route, ...wanted) {
  await stranger.go(route);
  await stranger.sees(...wanted);
  await stranger.doesNotSee(name, name.toUpperCase(), address);
}

journey('a criminal record by post', { days: ['2026-07-01T08:00'], views: ['phone', 'desktop'] }, async ({ enter, province }) => {
  const person = await enter();
  const asked = request();
  const code = await file(person, asked);

  const there = { agency: police, view: 'desktop' };
  const front = await officer({ enter, province }, desk, there);
  await handle(front, code, 'Tiếp nhận');
  const officers = await officer({ enter, province }, specialist, there);
  await handle(officers, code, 'Gửi tra cứu', { court: true });
  const stranger = await enter();
  await tellsNoName(stranger, `/tra-cuu?ma=${code}`, code);

  // The records of the police answer by the line, the court by a letter; only then there is something to conclude.
  await once(province, specialist, officers, code, 'Đã có trả lời của Công an tỉnh', police);
  await officers.sees('Chờ trả lời của Tòa án');
  await handle(officers, code, 'Ghi trả lời bằng văn bản', { result: 'clean', letter: '15/CV-TA' });
  await handle(officers, code, 'Kết luận, trình ký', { conclusion: 'none' });
  const director = await officer({ enter, province }, 'Giám đốc', there);
  await handle(director, code, 'Duyệt, ký');
  const seals = await officer({ enter, province }, clerk, there);
  await once(province, clerk, seals, code, 'Ký số của cơ quan', police);
  await handle(seals, code, 'Ký số của cơ quan');
  await once(province, clerk, seals, code, '2 chữ ký', police);

  const certificate = await download(seals, 'Phiếu lý lịch tư pháp');
  await oneA4(certificate);
  assert.equal(await validSignatures(certificate), 2);
  const words = await said(certificate);
  for (const one of ['PHIẾU LÝ LỊCH TƯ PHÁP SỐ 1', name.toUpperCase(), '6/5/1991'])
    assert.ok(words.toUpperCase().includes(one), `the certificate does not say ${one}: ${words}`);
  await tellsNoName(stranger, new URL(await leadsTo(certificate)).pathname, 'Đang có hiệu lực');

  // It leaves by post when its fee is paid.
  assert.match((await province.message(asked.phone, /kết quả/)).body, new RegExp(code));
  await handle(front, code, 'Thu lệ phí', { receipt: 'BL 0000124' });
  await front.go(dossier(code));
  await front.sees('Nhận qua bưu điện');
  await front.press('Hiện phần bị che');
  await front.fill({ reason: 'Ghi địa chỉ lên bì thư' });
  await front.press(front.page.locator(submit).first());
  await front.sees(address);
  await handle(front, code, 'Đã trả kết quả', { handed_to: name, handed_by: 'by_post' });
  await person.go(`/ho-so-cua-toi/${code}`);
  await person.sees('Đã trả kết quả');

  // Another agency does not find whom it was about.
  const { login } = province.account(desk, ward);
  const found = await province.api('GET', `/api/v1/dossiers?q=${encodeURIComponent(name)}`, { login });
  assert.doesNotMatch(JSON.stringify(found.body), new RegExp(code));
  assert.match(await province.thienan('registers', 'verify', 'criminal_certificates'), /0 faults/);
});
