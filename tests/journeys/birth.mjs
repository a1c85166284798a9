// A birth to be declared: what is typed at each step, and the pictures that go with it.
import { freshPhone } from './lib.mjs';

export const ward = '21172'; // Phường Trương Quang Trọng, before and after 2025: staffed in the demo.
export const commune = '21211'; // Xã Tịnh Khê, likewise.

const names = ['Bình', 'Chi', 'Dương', 'Giang', 'Hà', 'Khánh', 'Lam', 'Minh', 'Ngân', 'Phong', 'Quỳnh', 'Thảo', 'Uyên', 'Vân', 'Xuân', 'Yến'];
let born = 0;

/** Answers of each step; every call is another child of other parents. */
export function birth(year, { phone = freshPhone(), unit = ward } = {}) {
  born += 1;
  const given = `${names[born % names.length]} ${names[Math.floor(born / names.length) % names.length]}`;
  const number = String(200000000 + born * 37);
  const mother = `Phạm Thị ${given}`;
  return {
    phone,
    child: `Nguyễn ${given} An`,
    mother,
    steps: {
      requester: {
        'requester.full_name': mother, 'requester.relation': 'mother', 'requester.phone': phone,
        'requester.identity.kind': year < 2025 ? 'identity_card_9' : 'identity_card',
        'requester.identity.number': year < 2025 ? number : `051${number}`, 'requester.residence.unit': unit,
      },
      child: {
        'child.full_name': `Nguyễn ${given} An`, 'child.born_on': { day: 12, month: 6, year }, 'child.sex': 'female',
        'child.ethnicity': '01', 'child.birthplace.kind': 'facility', 'child.birthplace.facility': 'Bệnh viện Sản - Nhi tỉnh Quảng Ngãi',
        'child.birthplace.place': 'tỉnh Quảng Ngãi', 'child.hometown': 'tỉnh Quảng Ngãi',
      },
      parents: {
        'mother.full_name': mother, 'mother.birth_year': 1991, 'mother.ethnicity': '01', 'mother.residence.unit': unit,
        parents_married: 'true', 'father.recorded': 'true', 'father.full_name': `Nguyễn Hữu ${given}`, 'father.birth_year': 1988,
        'father.ethnicity': '01', 'father.residence.unit': unit,
      },
    },
  };
}

/** A photo as a phone makes it: a real JPEG of about `bytes`, made longer by comment segments, which every reader skips. */
export async function photo(visitor, name, bytes = 3_000_000) {
  const picture = await visitor.page.screenshot({ type: 'jpeg', quality: 60, clip: { x: 0, y: 0, width: 320, height: 240 } });
  const parts = [picture.subarray(0, 2)];
  for (let left = bytes - picture.length; left > 0; left -= 65_000) {
    const size = Math.min(left, 65_000);
    const segment = Buffer.alloc(size + 4, `${name} ${left}`);
    segment.writeUInt16BE(0xfffe, 0);
    segment.writeUInt16BE(size + 2, 2);
    parts.push(segment);
  }
  parts.push(picture.subarray(2));
  return { name, mimeType: 'image/jpeg', buffer: Buffer.concat(parts) };
}

export const next = 'main form button.btn:not([name])';

/** Fills the step on the page and goes on. */
export async function step(visitor, answers, status = 200) {
  await visitor.fill(answers);
  await visitor.press(visitor.page.locator(next).last(), status);
}

/** Puts files into the field of a paper; with scripts they travel at once, without at the next press. */
export async function attach(visitor, paper, files) {
  const listed = visitor.page.locator(`ta-upload[data-paper="${paper}"] li.file button[name="remove"]`);
  const before = await listed.count();
  await visitor.page.setInputFiles(`input[type=file][name="${paper}"]`, files);
  if (visitor.script) await listed.nth(before + files.length - 1).waitFor();
}

/** Everything from the procedure page to the filed page, without an account. Gives the dossier's code. */
export async function file(visitor, year, { unit = ward, declared = birth(year, { unit }), handOver = 'at_desk' } = {}) {
  await visitor.go('/nop/dang-ky-khai-sinh');
  const known = (await visitor.page.locator('[name="phone"]').count()) === 0;
  await step(visitor, known ? { agency: unit } : { agency: unit, phone: declared.phone });
  if (!known) await step(visitor, { code: await visitor.province.code(declared.phone) });
  await step(visitor, declared.steps.requester);
  await step(visitor, declared.steps.child);
  await step(visitor, declared.steps.parents);
  await attach(visitor, 'birth_notification', [await photo(visitor, 'giay-chung-sinh.jpg', 200_000)]);
  if (year === 2016) await attach(visitor, 'requester_identity', [await photo(visitor, 'cmnd.jpg', 200_000)]);
  await step(visitor, {});
  await step(visitor, { 'result.hand_over': handOver });
  await step(visitor, { declared_true: true });
  return { ...declared, code: /\/da-nop\/(.+)$/.exec(visitor.path)[1] };
}
