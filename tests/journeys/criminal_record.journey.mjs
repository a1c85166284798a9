// Somebody asks for a criminal record certificate and has it sent by post: filed on a phone or a desktop, looked up by
// the provincial police, signed, handed to the post; and nobody else is told whose it is.
import assert from 'node:assert/strict';
import { attach, next, photo, step, ward } from './birth.mjs';
import { freshPhone, journey } from './lib.mjs';
import { act } from './officers.mjs';

const police = 'Công an tỉnh';
const page = '/nop/cap-phieu-ly-lich-tu-phap-so-1';

/** Answers of each step. */
function request() {
  const phone = freshPhone();
  const number = `051191${phone.slice(-6)}`;
  return {
    phone,
    requester: {
      'requester.full_name': 'Phạm Thị Vy', 'requester.relation': 'self', 'requester.phone': phone,
      'requester.identity.kind': 'identity_card', 'requester.identity.number': number, 'requester.residence.unit': ward,
    },
    person: {
      'person.full_name': 'Phạm Thị Vy', 'person.born_on': { day: 6, month: 5, year: 1991 }, 'person.sex': 'female',
      'person.birthplace': 'tỉnh Quảng Ngãi', 'person.ethnicity': '19', 'person.identity.kind': 'identity_card', 'person.identity.number': number,
      'person.residence.unit': ward, 'person.lived': 'one_place', 'person.history': 'Từ nhỏ ở Quảng Ngãi, công nhân may',
    },
    wish: { 'request.purpose': 'work', 'request.bans_asked': 'false' },
  };
}

journey('a criminal record by post', { days: ['2026-07-01T08:00'], views: ['phone', 'desktop'] }, async ({ enter, province }) => {
  const person = await enter();
  const asked = request();
  await person.go(page);
  await step(person, { phone: asked.phone });
  await step(person, { code: await province.code(asked.phone) });
  await step(person, asked.requester);
  await step(person, asked.person);
  await step(person, asked.wish);
  await step(person, {});
  await step(person, { 'result.hand_over': 'by_post', 'result.address': '12 Hùng Vương, phường Cẩm Thành, tỉnh Quảng Ngãi', 'result.copies': 1, 'result.exempt_group': 'none' });
  await person.sees('200.000');
  await person.sees(police);
  await step(person, { declared_true: true });
  const code = /\/da-nop\/(.+)$/.exec(person.path)[1];

  await act(province, code, 'tiếp nhận', 'receive', { agency: police });
  await act(province, code, 'Chuyên viên', 'inquire', { agency: police });
  await person.go(`/tra-cuu?ma=${code}`);
  assert.doesNotMatch(await person.page.content(), /Phạm Thị Vy/);
  await act(province, code, 'Chuyên viên', 'conclude', { agency: police, form: { conclusion: 'none' } });
  await act(province, code, 'Giám đốc', 'approve', { agency: police });
  await act(province, code, 'Văn thư', 'seal', { agency: police });

  // The post needs the fee first: taken at the counter, then the certificate goes out.
  const { login } = province.account('tiếp nhận', police);
  const found = await province.api('GET', `/api/v1/dossiers?words=${encodeURIComponent('Phạm Thị Vy')}`, { login });
  assert.doesNotMatch(JSON.stringify(found.body), new RegExp(code));
  await person.go(`/tra-cuu?ma=${code}`);
  await person.sees('Có kết quả');
});
