// A daughter declares a death on her phone; two people marry, one paper of theirs is wrong at first.
import assert from 'node:assert/strict';
import { attach, photo, step, ward } from './birth.mjs';
import { dossier, handle, officer, once } from './desks.mjs';
import { freshPhone, journey } from './lib.mjs';
import { act, chairman, clerk, desk, justice } from './officers.mjs';
import { download, leadsTo, oneA4, said, validSignatures } from './papers.mjs';

const identity = (year, number) => ({
  kind: year < 2025 ? 'identity_card_9' : 'identity_card', number: year < 2025 ? number : `051${number}`,
});

/** From the procedure's page to the first step of its form, without an account. */
async function begin(visitor, page, phone) {
  await visitor.go(`/thu-tuc/${page}`);
  await visitor.press('Nộp trực tuyến');
  await step(visitor, { agency: ward, phone });
  await step(visitor, { code: await visitor.province.code(phone) });
}

/** The last two steps; gives the dossier's code. */
async function finish(visitor) {
  await step(visitor, { 'result.hand_over': 'at_desk' });
  await visitor.fill({ declared_true: true });
  await visitor.press('Nộp hồ sơ');
  return /\/da-nop\/(.+)$/.exec(visitor.path)[1];
}

const requester = (year, name, number, phone, more = {}) => {
  const paper = identity(year, number);
  return {
    'requester.full_name': name, 'requester.phone': phone, 'requester.identity.kind': paper.kind,
    'requester.identity.number': paper.number, 'requester.residence.unit': ward, ...more,
  };
};

let deaths = 0;

journey('a daughter declares a death on a phone', { views: ['phone', 'phone-script'] }, async ({ enter, year, province }) => {
  deaths += 1;
  const daughter = await enter();
  const phone = freshPhone();
  const father = `Nguyễn Văn ${['Lâm', 'Sơn', 'Hải', 'Long'][deaths % 4]}`;
  await begin(daughter, 'dang-ky-khai-tu', phone);
  await step(daughter, requester(year, 'Nguyễn Thị Hạnh', `2120003${30 + deaths}`, phone, { 'requester.relation': 'child' }));

  const deceased = {
    'deceased.full_name': father, 'deceased.born_on': { day: 2, month: 5, year: 1941 }, 'deceased.sex': 'male', 'deceased.ethnicity': '01',
    'deceased.residence_known': 'true', 'deceased.residence.unit': ward,
  };
  await step(daughter, deceased);

  // Died tomorrow: said at the field, what was typed stays.
  const death = {
    'death.died_on': { day: 20, month: 6, year }, 'death.died_at_time': '14:30', 'death.place_kind': 'facility',
    'death.place': 'Bệnh viện Đa khoa tỉnh Quảng Ngãi, tỉnh Quảng Ngãi', 'death.cause': 'Bệnh già', 'death.has_notice': 'true',
    'death.notice.number': '27/GBT', 'death.notice.issued_on': { day: 20, month: 6, year }, 'death.notice.issued_by': 'Bệnh viện Đa khoa tỉnh Quảng Ngãi',
  };
  await step(daughter, { ...death, 'death.died_on': { day: 2, month: 7, year } }, 422);
  assert.match(await daughter.page.title(), /^Lỗi: /);
  assert.equal(await daughter.value('death.place'), death['death.place']);
  await step(daughter, death);

  // Without the death notice it does not go on.
  await step(daughter, {}, 422);
  await attach(daughter, 'death_notice', [await photo(daughter, 'giay-bao-tu.jpg', 200_000)]);
  if (year === 2016) await attach(daughter, 'requester_identity', [await photo(daughter, 'cmnd.jpg', 200_000)]);
  await step(daughter, {});
  await daughter.fill({ 'result.hand_over': 'at_desk' });
  const code = await finish(daughter);
  await daughter.sees(code, 'Đã nộp hồ sơ');

  // At the desk: received, compared, entered in the register of deaths, approved, made out.
  const scene = { enter, province };
  const wide = { view: 'desktop' };
  const front = await officer(scene, desk, wide);
  await handle(front, code, 'Tiếp nhận');
  await once(province, desk, front, code, 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả');
  await handle(front, code, 'Chuyển công chức');
  const registrar = await officer(scene, justice, wide);
  await registrar.go(dossier(code));
  await registrar.sees(father, 'Nguyễn Thị Hạnh', 'Giấy báo tử');
  await handle(registrar, code, 'Đủ điều kiện', { note: 'Đúng với Giấy báo tử' });
  const deputy = await officer(scene, chairman, wide);
  await handle(deputy, code, 'Duyệt, ký');
  const seals = await officer(scene, clerk, wide);
  if (year === 2016) {
    await handle(registrar, code, 'Đã in');
    await handle(seals, code, 'Đã đóng dấu');
  } else {
    await once(province, clerk, seals, code, 'Ký số của cơ quan');
    await handle(seals, code, 'Ký số của cơ quan');
    await once(province, clerk, seals, code, '2 chữ ký');
    const extract = await download(seals, 'Trích lục khai tử');
    await oneA4(extract);
    assert.equal(await validSignatures(extract), 2);
    assert.ok((await said(extract)).toUpperCase().includes(father.toUpperCase()), 'the extract names the deceased');
    const stranger = await enter();
    await stranger.go(new URL(await leadsTo(extract)).pathname);
    await stranger.sees('Đang có hiệu lực');
    await stranger.doesNotSee(father);
  }
  assert.match((await province.message(phone, /kết quả/)).body, new RegExp(code));
  await daughter.go(`/ho-so-cua-toi/${code}`);
  await daughter.sees('Có kết quả');
  await handle(front, code, 'Đã trả kết quả', { handed_to: 'Nguyễn Thị Hạnh', handed_by: 'at_desk', register_signed: 'at_desk' });
  await daughter.go(`/ho-so-cua-toi/${code}`);
  await daughter.sees('Đã trả kết quả');
  await registrar.go(`/ban-lam-viec/so/khai-tu?q=${encodeURIComponent(father)}`);
  await registrar.press(registrar.page.locator('main tr').filter({ hasText: father }).locator('a.name').first());
  await registrar.sees(father, `20/6/${year}`, 'Còn hiệu lực');
  assert.match(await province.thienan('registers', 'verify', 'deaths'), /0 faults/);
});

let couples = 0;

journey('two people marry, one paper is wrong at first', { views: ['phone', 'desktop'] }, async ({ enter, year, province }) => {
  couples += 1;
  const groom = await enter();
  const phone = freshPhone();
  const his = identity(year, `2120005${50 + couples}`);
  const hers = identity(year, `2120006${50 + couples}`);
  const side = (who, name, number, born, unit, more) => ({
    [`${who}.full_name`]: name, [`${who}.born_on`]: born, [`${who}.ethnicity`]: '01', [`${who}.residence.unit`]: unit,
    [`${who}.identity_number`]: number, [`${who}.times`]: 1, ...more,
  });
  await begin(groom, 'dang-ky-ket-hon', phone);
  await step(groom, requester(year, 'Trần Minh Khoa', `2120005${50 + couples}`, phone));

  const husband = (born) => side('husband', 'Trần Minh Khoa', his.number, born, ward, { 'husband.has_marital_paper': 'false' });
  await step(groom, husband({ day: 10, month: 4, year: 1990 }));
  await step(groom, side('wife', 'Đinh Thị Hoa', hers.number, { day: 20, month: 8, year: year - 23 }, ward, {
    'wife.has_marital_paper': 'true', 'wife.marital_paper.number': '41/XN', 'wife.marital_paper.issued_on': { day: 15, month: 6, year },
    'wife.marital_paper.issued_by': 'UBND xã Tịnh Khê',
  }));
  await step(groom, {}, 422); // Four declarations to be ticked.
  await step(groom, { 'conditions.voluntary': true, 'conditions.unmarried': true, 'conditions.not_kin': true, 'conditions.capable': true });
  await attach(groom, 'marital_status_wife', [await photo(groom, 'giay-cua-nguoi-khac.jpg', 200_000)]);
  if (year === 2016) await attach(groom, 'requester_identity', [await photo(groom, 'cmnd.jpg', 200_000)]);
  await step(groom, {});
  const code = await finish(groom);

  // The officer finds the wrong name on her certificate and asks for the right one, once.
  await act(province, code, desk, 'receive');
  await act(province, code, desk, 'pass_on');
  await act(province, code, justice, 'supplement', { reason: 'Giấy xác nhận tình trạng hôn nhân của bên nữ ghi tên người khác.' });
  assert.match((await province.message(phone, /bổ sung/i)).body, new RegExp(code));
  await groom.go(`/ho-so-cua-toi/${code}`);
  await groom.press('Bổ sung');
  await groom.sees('ghi tên người khác');
  await groom.page.setInputFiles('input[type=file][name="marital_status_wife"]', [await photo(groom, 'giay-dung.jpg', 200_000)]);
  await groom.press('Gửi phần bổ sung');
  await groom.sees('Đã gửi phần bổ sung');

  await act(province, code, desk, 'pass_on');
  await act(province, code, justice, 'enter');
  await act(province, code, chairman, 'approve');
  // Two originals, each on a form of the Ministry from the stock of the ward.
  const registrar = await enter({ view: 'desktop' });
  await registrar.signIn(province.account(justice, ward));
  const serials = [];
  for (let i = 0; i < 2; i += 1) {
    await registrar.go(`/ban-lam-viec/ho-so/${code}`);
    await registrar.press('In lên phôi');
    await registrar.sees(/KH \d{7}/);
    await registrar.press('Ghi phôi đã in');
    serials.push(await registrar.value('form_serial'));
    await registrar.fill({ printed_well: 'true' });
    await registrar.press(registrar.page.locator('main form .actions button.btn').first());
  }
  assert.notEqual(serials[0], '');
  assert.notEqual(serials[0], serials[1]);
  await act(province, code, clerk, 'stamped');

  // Only one of them came: nothing is handed over. Both: they sign.
  const front = await enter({ view: 'desktop' });
  await front.signIn(province.account(desk, ward));
  await front.go(`/ban-lam-viec/ho-so/${code}`);
  await front.press(front.page.locator('.cta a.btn').first());
  await front.fill({ register_signed: 'at_desk' });
  await front.press(front.page.locator('main form .actions button.btn').first(), 422);
  await front.sees('cùng có mặt');
  await front.fill({ both_present: true });
  await front.press(front.page.locator('main form .actions button.btn').first());
  await front.sees('Đã trả kết quả');
  await groom.go(`/ho-so-cua-toi/${code}`);
  await groom.sees('Đã trả kết quả');
  assert.match(await province.thienan('registers', 'verify', 'marriages'), /0 faults/);
});
