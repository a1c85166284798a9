// Looks at every page of the route table in a demo province, each as the people it is for: 360 and 1440 px wide, light and dark, and once in English.
//   node browser/routes.mjs [--shots DIR] [--day DAY] [WORD...]     only pages whose route holds a WORD
// Pages are found by following links as each person, and by the few forms that no link leads through; a route nobody came to is a fault.
// Fails on: an axe violation (WCAG 2.2 A, AA, AAA), sideways scrolling, an error in the console, a Vietnamese word of the catalogues on an
// English page. Ends with N passed, N failed.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attach, birth, next, photo, ward } from '../journeys/birth.mjs';
import { Province, Visitor, binary, root } from '../journeys/lib.mjs';
import { axeFaults, contrastFaults, launch, listen, wider, withAxe } from './checks.mjs';

/** Of one route, pages made of other parts are looked at too, so many. */
const variantsMax = 3;
/** Pages looked at at once, each at both widths, while the walk goes on. */
const eyes = Math.max(1, Math.floor(os.cpus().length / 2));
/** Of one route, a person reads so many addresses to find links. */
const readMax = 6;
/** So many at once. */
const askedTogether = 4;

const officers = {
  desk: ['Công chức tiếp nhận', ward],
  justice: ['hộ tịch', ward],
  chairman: ['Chủ tịch', ward],
  leader: ['Trưởng Bộ phận', ward],
  clerk: ['Văn thư', ward],
  administrator: ['Quản trị của cơ quan', ward],
  'system-administrator': ['Quản trị hệ thống', ''],
  auditor: ['kiểm tra nhật ký', ''],
  secured: ['đăng ký giao dịch bảo đảm', ''],
};

// Routes of the table that answer with something else than a page.
const noPages = new Set(['/health', '/ready', '/metrics', '/ban-lam-viec/dong', '/ban-lam-viec/nhat-ky/csv', '/ban-lam-viec/nhan-su/nhap/mau',
  '/ban-lam-viec/goi/{name}/{version}/zip', '/ban-lam-viec/goi/{name}/bang/csv', '/ho-so-cua-toi/{code}/giay/{paper}', '/ban-lam-viec/ho-so/{code}/giay/{paper}',
  '/ban-lam-viec/ho-so/{code}/in-phoi/{printer}', '/ban-lam-viec/thong-ke-ho-tich/csv', '/ban-lam-viec/thong-ke-ho-tich/xlsx', '/ban-lam-viec/phoi/may-in/{printer}/thu',
  '/ban-lam-viec/giao-dich-bao-dam/csv', '/ban-lam-viec/phoi/csv', '/ban-lam-viec/so-giay/trang/{page}/anh',
  '/ban-lam-viec/so-giay/{book}/chat-luong']);

class Table {
  constructor() {
    this.routes = execFileSync(binary, ['routes'], { encoding: 'utf8' }).split('\n').map((line) => line.split('\t'))
      .filter(([method, route]) => method === 'GET' && !route.startsWith('/api/') && !noPages.has(route)).map(([, route]) => route);
    this.known = [...this.routes, ...noPages].map((route) => ({ route, parts: route.split('/') }));
  }

  /** The route an address belongs to: literal parts before places. */
  of(address) {
    const parts = new URL(address, 'http://x').pathname.split('/');
    const fits = this.known.filter((one) => one.parts.length === parts.length && one.parts.every((part, i) => part.startsWith('{') || part === parts[i]));
    const places = (one) => one.parts.map((part) => (part.startsWith('{') ? '1' : '0')).join('');
    return fits.sort((a, b) => places(a).localeCompare(places(b)))[0]?.route;
  }
}

const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

/** Somebody at a browser without looks: asks, signs in, sends forms. */
class Person extends Visitor {
  static async come(browser, province, name) {
    const it = await super.enter(browser, province, { view: 'desktop' });
    it.name = name;
    it.met = new Set(); // Addresses he was led to.
    return it;
  }

  async signIn({ login, password }) {
    const answer = await this.post('/dang-nhap', { login, password });
    if (answer.status !== 200 || answer.address.startsWith('/dang-nhap')) throw new Error(`${login} was not let in: ${answer.status} ${answer.address}`);
  }

  async look() {} // Walked through only; what is seen is seen by `Looks`.

  async get(address) {
    const answer = await this.context.request.get(address, { maxRedirects: 5, failOnStatusCode: false });
    return { status: answer.status(), address: answer.url().replace(this.province.url, ''), headers: answer.headers(), html: await answer.text() };
  }

  /** The same page in English. */
  async english(address) {
    const cookies = (await this.context.cookies()).map(({ name, value }) => `${name}=${value}; `).join('');
    const answer = await fetch(this.province.url + address, { headers: { cookie: `${cookies}lang=en`, 'x-forwarded-for': this.address } });
    return { address, html: await answer.text() };
  }

  /** Sends the last form of the page at `address` with these answers, as it stands; the answer is a page to look at. */
  async post(address, answers = {}, { action } = {}) {
    const { html } = await this.get(address);
    const csrf = /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const files = Object.values(answers).some((value) => typeof value === 'object');
    const sent = files ? { multipart: { csrf, ...answers } } : { data: new URLSearchParams({ csrf, ...answers }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const answer = await this.context.request.post(action ?? address, { ...sent, headers: { ...sent.headers, origin: this.province.url }, failOnStatusCode: false });
    return { status: answer.status(), address: answer.url().replace(this.province.url, ''), headers: answer.headers(), html: await answer.text() };
  }
}

const linksOf = (html) => [...html.matchAll(/<a\b[^>]*\bhref="(\/[^"#]*)/g)].map((found) => unescape(found[1]));
const mainOf = (html) => /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? html;
const partsOf = (html) => [...new Set([...mainOf(html).matchAll(/class="([^"]*)"/g)].flatMap((found) => found[1].split(/\s+/)))].filter(Boolean);

/** Sentences of both catalogues that differ, as patterns of whole texts. */
function vietnameseWords() {
  const sentences = [];
  const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
  const folders = ['ui', ...['engine', 'programs', 'systems'].flatMap((parent) => fs.readdirSync(path.join(root, parent)).map((name) => path.join(parent, name)))];
  for (const folder of folders.map((name) => path.join(root, name)).filter((name) => fs.existsSync(path.join(name, 'words.vi.json')))) {
    const [vi, en] = ['vi', 'en'].map((language) => read(path.join(folder, `words.${language}.json`)));
    // What the demo's people wrote is data; a sentence that is nearly all places fits any text.
    const telling = (key, text) => text !== en[key] && !key.startsWith('program.demo.') && /[À-ỹ]/.test(text) && text.replace(/\{[^}]*\}/g, '').trim().length > 5;
    for (const [key, text] of Object.entries(vi))
      if (telling(key, text)) sentences.push([key, new RegExp(`^${text.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]*\}/g, '.+')}$`)]);
  }
  return sentences;
}

/** Names that are data: of steps in processes, of places, agencies and posts in the province. */
function namesInData() {
  const names = new Set();
  const gather = (value) => {
    if (typeof value === 'string') names.add(value);
    else if (value !== null && typeof value === 'object') Object.values(value).forEach(gather);
  };
  for (const name of ['agencies.json', 'posts.json', 'roles.json', 'units.json', 'demo_staff.json']) gather(JSON.parse(fs.readFileSync(path.join(root, 'province', name), 'utf8')));
  const processes = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    return entry.isDirectory() ? processes(place) : place.endsWith('.bpmn') ? [place] : [];
  });
  for (const process of processes(path.join(root, 'systems')))
    for (const found of fs.readFileSync(process, 'utf8').matchAll(/\bname="([^"]*)"/g)) names.add(unescape(found[1]));
  return names;
}

/** Texts a person reads or hears of a page: between tags, and in the attributes that are spoken or shown. */
function textsOf(html) {
  const bare = html.replace(/<svg class="bpmn"[\s\S]*?<\/svg>/g, ' ').replace(/<(script|style)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]* lang="vi"[^>]*>[^<]*/g, ' ');
  const spoken = [...bare.matchAll(/\b(?:aria-label|alt|title|placeholder|data-[\w-]+)="([^"]*)"/g)].map((found) => found[1]);
  return [...bare.replace(/<[^>]*>/g, '\n').split('\n'), ...spoken].map((text) => unescape(text).replace(/\s+/g, ' ').trim()).filter((text) => /[À-ỹ]/.test(text));
}

class Looks {
  constructor(browser, province, { shots, wanted, started }) {
    Object.assign(this, { browser, province, shots, wanted, started, seen: new Map(), passed: 0, failed: 0, open: [], looking: new Set(), free: [], left: new Map(), meant: new Map() });
    this.words = vietnameseWords();
    this.data = namesInData();
    this.table = new Table();
  }

  tell(name, faults) {
    for (const fault of faults) console.log(`${name}: ${fault}`);
    if (faults.length) this.failed += 1;
    else this.passed += 1;
  }

  /** A window of each width, for one look at a time. */
  async windows() {
    const one = async (width) => {
      const context = await this.browser.newContext({ viewport: { width, height: width < 600 ? 740 : 900 }, hasTouch: width < 600, reducedMotion: 'reduce', baseURL: this.province.url });
      await withAxe(context);
      const page = await context.newPage();
      const faults = [];
      listen(page, faults, /Failed to load resource|ERR_|EventSource/);
      return { width, page, faults };
    };
    return Promise.all([360, 1440].map(one));
  }

  /** Looks at what waits to be looked at, one after the other, until nothing does. */
  async eye() {
    const windows = this.free.pop() ?? await this.windows();
    while (this.open.length) {
      const { answer, name } = this.open.shift();
      await Promise.all(windows.map((one) => this.at(one, answer, name).catch((error) => this.tell(`${answer.address} as ${answer.person} ${one.width} px`, [String(error)]))));
    }
    this.free.push(windows);
  }

  /** The look is for later: meanwhile the walk goes on. */
  lookLater(answer, name) {
    this.open.push({ answer, name });
    if (this.looking.size >= eyes) return;
    const eye = this.eye().finally(() => this.looking.delete(eye));
    this.looking.add(eye);
  }

  /** Until everything has been looked at. */
  async looked() {
    while (this.looking.size) await Promise.all(this.looking);
  }

  /** Shows what the server answered at one width, in both colours. */
  async at({ width, page, faults }, answer, name) {
    const url = this.province.url + answer.address;
    await page.emulateMedia({ colorScheme: 'light' });
    const same = (route) => route.fulfill({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': answer.headers['content-security-policy'] ?? '' }, body: answer.html });
    const only = (one) => one.href === url;
    await page.route(only, same);
    await page.goto(url, { waitUntil: 'load' });
    await page.unroute(only, same);
    await page.evaluate(() => document.fonts.ready.then(() => 0));
    const found = await axeFaults(page);
    const wide = await page.evaluate(wider);
    if (wide.length) found.push(`wider than the window: ${wide.join(', ')}`);
    if (this.shots) await page.screenshot({ path: path.join(this.shots, `${name}.${width}.png`), fullPage: true });
    this.tell(`${answer.address} as ${answer.person} ${width} px`, [...found, ...faults.splice(0)]);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await contrastFaults(page);
    if (this.shots) await page.screenshot({ path: path.join(this.shots, `${name}.${width}-dark.png`), fullPage: true });
    this.tell(`${answer.address} as ${answer.person} ${width} px, dark`, [...dark, ...faults.splice(0)]);
  }

  /** The sentence of the catalogues a text is, if any. */
  meaning(text) {
    if (!this.meant.has(text)) this.meant.set(text, this.words.find(([, pattern]) => pattern.test(text))?.[0]);
    return this.meant.get(text);
  }

  english(answer) {
    const texts = textsOf(answer.html).filter((text) => !this.data.has(text));
    const said = texts.map((text) => [text, this.meaning(text)]);
    for (const [text, key] of said) if (!key) this.left.set(text, answer.address);
    this.tell(`${answer.address} as ${answer.person}, English`, said.filter(([, key]) => key).map(([text, key]) => `says "${text}" (${key})`));
  }

  /** Looks at an answer unless its route was looked at with the same parts. `again`: its English version, asked for only then. */
  async see(person, answer, again) {
    const type = answer.headers['content-type'] ?? '';
    const route = this.table.of(answer.address);
    if (!route || !type.startsWith('text/html')) return;
    const parts = partsOf(answer.html);
    const known = this.seen.get(route) ?? [];
    const more = parts.filter((part) => !known.flat().includes(part));
    if (known.length > 0 && (known.length >= variantsMax || more.length === 0)) return;
    this.seen.set(route, [...known, parts]);
    if (this.wanted.length && !this.wanted.some((word) => route.includes(word))) return;
    const told = { ...answer, person: person.name };
    const name = `${route.replaceAll('/', '-').replace(/[{}]/g, '').slice(1) || 'home'}.${known.length}`;
    this.lookLater(told, name);
    if (again) this.english({ ...await again(), person: person.name });
  }

  async visit(person, address) {
    return this.came(person, address, await person.get(address));
  }

  async came(person, address, answer) {
    if (answer.status >= 400) this.tell(`${address} as ${person.name}`, [`answered ${answer.status}`]);
    else await this.see(person, answer, () => person.english(answer.address));
    return answer;
  }

  /** Follows the links of the pages a person may see; those followed before only when they are among `seeds`. */
  async follow(person, seeds) {
    const read = new Map();
    const open = [...seeds];
    for (const seed of seeds) person.met.add(seed);
    const worthReading = (address) => {
      const route = this.table.of(address);
      if (!route || noPages.has(route) || (read.get(route) ?? 0) >= readMax) return false;
      return read.set(route, (read.get(route) ?? 0) + 1);
    };
    while (open.length) {
      const addresses = open.splice(0, askedTogether).filter(worthReading);
      const answers = await Promise.all(addresses.map((address) => person.get(address)));
      for (const [i, address] of addresses.entries()) {
        await this.came(person, address, answers[i]);
        for (const link of linksOf(answers[i].html)) if (!person.met.has(link) && person.met.add(link)) open.push(link);
      }
    }
  }

  /** A part of the walk: when it breaks off, that is one fault, and the walk goes on. */
  async part(name, walked) {
    try {
      await walked();
    } catch (error) {
      this.tell(name, [String(error.stack ?? error).slice(0, 1200)]);
    }
    console.log(`${name}: ${Math.round((Date.now() - this.started) / 1000)} s`);
  }

  /** Routes below `root` nobody came to. */
  lacking(below) {
    return this.table.routes.filter((route) => route.startsWith(below) && !this.seen.has(route));
  }

  unseen() {
    const missing = this.lacking('/');
    this.tell('every route', missing.map((route) => `nobody came to ${route}`));
  }
}

/** The page a browser shows now. */
const shown = (looks, person) => looks.visit(person, person.path);

async function press(person, answers) {
  await person.fill(answers);
  await person.press(person.page.locator(next).last());
}

/** A birth from the start page to its code, each step looked at. */
async function filing(looks, person) {
  const year = Number(looks.province.asOf.slice(0, 4));
  const declared = birth(year);
  await person.go('/nop/dang-ky-khai-sinh');
  await shown(looks, person);
  await press(person, { agency: ward, phone: declared.phone });
  await shown(looks, person);
  await press(person, { code: await looks.province.code(declared.phone) });
  for (const name of ['requester', 'child', 'parents']) {
    await shown(looks, person);
    await press(person, declared.steps[name]);
  }
  await attach(person, 'birth_notification', [await photo(person, 'giay-chung-sinh.jpg', 200_000)]);
  if (year === 2016) await attach(person, 'requester_identity', [await photo(person, 'cmnd.jpg', 200_000)]);
  await shown(looks, person);
  await looks.visit(person, person.path.replace(/\/buoc\/.*/, '/noi-nop'));
  await press(person, {});
  await shown(looks, person);
  await press(person, { 'result.hand_over': 'at_desk' });
  await shown(looks, person);
  await press(person, { declared_true: true });
  await shown(looks, person);
  await looks.follow(person, ['/ho-so-cua-toi']);
}

/** Pages behind a code: signing up, in by phone, forgotten password, another number. */
async function codes(looks, person) {
  const phone = '0978999001';
  const password = 'bốn con bò vàng 2016';
  const step = async (route, answers) => {
    await person.go(route);
    await shown(looks, person);
    await press(person, answers);
    await shown(looks, person);
  };
  await step('/dang-ky', { contact: phone });
  await press(person, { code: await looks.province.code(phone), full_name: 'Phạm Thị Vy', password });
  await shown(looks, person);
  await step('/quen-mat-khau', { contact: phone });
  await step('/dang-nhap/dien-thoai', { phone });
  await person.signIn({ login: phone, password });
  await step('/tai-khoan/lien-he', { contact: '0978999002' });
  await looks.follow(person, ['/tai-khoan', '/ai-da-xem', '/ho-so-cua-toi']);
}

/** An old paper book with two pages: one typed differently by two, the other still to be typed. */
async function paperBook(looks, people) {
  const agency = /name="agency"[\s\S]*?<option value="(\d+)"/.exec((await people.desk.get('/ban-lam-viec/so-giay/them')).html)[1];
  const opened = await people.desk.post('/ban-lam-viec/so-giay/them', { register: 'births', agency, year: '1998', number: '1', notation: 'TP/HT-98', pages: '20' });
  for (const first of ['1', '2'])
    await people.desk.post(opened.address, { first, file: await photo(people.desk, `trang-${first}.jpg`, 50_000) }, { action: `${opened.address}/trang` });
  for (const [person, name] of [[people.desk, 'Võ Văn Bảy'], [people.clerk, 'Võ Văn Bẩy']]) {
    const work = linksOf((await person.get('/ban-lam-viec/so-giay')).html).find((link) => link.endsWith('/nhap'));
    await person.post(work, { place: '1', 'v--number': '15', 'v-child_full_name': name, 'v-child_born_on': '1998', go: 'finish' });
  }
  for (const person of [people.justice, people.chairman, people.desk]) await looks.follow(person, ['/ban-lam-viec/so-giay', opened.address]);
}

/** What no link leads to, and forms whose answer is a page. */
async function further(looks, people) {
  const { province } = looks;
  const links = async (person, address, pattern) => [...new Set(linksOf((await person.get(address)).html).filter((link) => pattern.test(link)))];
  const answered = async (person, address, fields) => looks.see(person, await person.post(address, fields));
  const dossiers = await links(people.leader, '/ban-lam-viec/co-quan', /^\/ban-lam-viec\/ho-so\/[^/]+$/);
  const [picked] = /name="pick" value="(\d+)"/.exec((await people.leader.get('/ban-lam-viec/co-quan')).html).slice(1);
  await looks.visit(people.desk, '/ban-lam-viec/tim?q=nguyen');
  await looks.visit(people.leader, `/ban-lam-viec/giao?pick=${picked}`);
  await answered(people.desk, `${dossiers[0]}/hien`, { reason: 'Đối chiếu giấy tờ' });
  for (const page of ['trung', 'in-phoi']) await looks.visit(people.justice, `${dossiers[0]}/${page}`);
  const [entry, another] = await links(people.justice, '/ban-lam-viec/so/khai-sinh', /^\/ban-lam-viec\/so\/khai-sinh\/\d+$/);
  const someone = `/ban-lam-viec/nguoi/${entry.split('/').pop()}/child`;
  await looks.visit(people.justice, '/ban-lam-viec/nguoi?ten=nguyen+van+an');
  await answered(people.justice, `${someone}/ghep/${another.split('/').pop()}/child`, { reason: '' });
  await people.justice.post(`${someone}/ghep/${another.split('/').pop()}/child`, { reason: 'Đối chiếu căn cước' });
  await looks.visit(people.justice, `${someone}/ghep/${another.split('/').pop()}/child`);
  await looks.follow(people.justice, [someone]);
  await answered(people.justice, `${entry}/hien`, { reason: 'Đối chiếu khi cải chính' });
  await answered(people.justice, `${entry}/trich-luc`, { for: 'Trần Thị Bé', identity: '051180000123' });
  await people.justice.post(`${entry}/ghi-chu`, { kind: 'correction', decision: '12/QĐ-UBND', content: 'Cải chính ngày sinh' });
  await looks.follow(people.leader, ['/ban-lam-viec/so/cho-duyet']);
  await people.justice.post('/ban-lam-viec/phoi/may-in/them', { name: 'Máy in phòng Tư pháp', right: '1,5', down: '-2' });
  await looks.follow(people.justice, ['/ban-lam-viec/phoi/may-in']);
  await paperBook(looks, people);
  await people.clerk.post('/ban-lam-viec/phoi/nhan', { kind: 'birth_certificate_form', first: 'KS 9000001', last: 'KS 9000050', words: 'BB 01' });
  const [to] = /name="to"[\s\S]*?<option value="(\d+)"/.exec((await people.clerk.get('/ban-lam-viec/phoi/ban-giao')).html)?.slice(1) ?? [''];
  await people.clerk.post('/ban-lam-viec/phoi/ban-giao', { kind: 'birth_certificate_form', to, first: 'KS 9000001', last: 'KS 9000010', minutes: 'BB 02' });
  await looks.follow(people.clerk, ['/ban-lam-viec/phoi', '/ban-lam-viec/phoi/duong-di?so=KS+9000001']);
  const [person] = await links(people.administrator, '/ban-lam-viec/nhan-su', /^\/ban-lam-viec\/nhan-su\/\d+$/);
  for (const page of ['thoi', 'xem', 'dong']) await looks.visit(people.administrator, `${person}/${page}`);
  await people['system-administrator'].post('/ban-lam-viec/tam-dung/them', { kind: 'dossier', what: dossiers.at(-1).split('/').pop(), reason: 'Đang xác minh' });
  await looks.follow(people['system-administrator'], ['/ban-lam-viec/tam-dung']);
  await looks.visit(people.leader, `${dossiers[0]}/le-phi`);
  for (const plate of ['76C-123.45', '51F-000.01']) await looks.follow(people.secured, [`/ban-lam-viec/giao-dich-bao-dam?theo=serial&tim=${plate}`]);
  execFileSync('sqlite3', [path.join(province.data, 'thienan.db'), `INSERT INTO incident (id, kind, aggregate_kind, aggregate_id, reason, outbox, opened_at)
    VALUES (1, 'notice.send', 'notice', 7, 'mail.example: 550 no such mailbox', 0, ${Date.parse(`${province.asOf}+07:00`) * 1000})`]);
  await looks.follow(people['system-administrator'], ['/ban-lam-viec/hop-thu-di', '/ban-lam-viec/hop-thu-di/1', '/ban-lam-viec/hop-thu-di/1/ket-thuc']);
}

/** The first link on a page that fits. */
const linkOn = async (person, address, pattern) => linksOf((await person.get(address)).html).find((link) => pattern.test(link));

/** A sealed entry: asked for by one, opened by another, read. */
async function sealed(looks, { justice, chairman }) {
  const entry = await linkOn(justice, '/ban-lam-viec/so/nuoi-con-nuoi', /^\/ban-lam-viec\/so\/nuoi-con-nuoi\/\d+$/);
  const ask = `${entry}/niem-phong`;
  await looks.follow(justice, [ask]);
  await looks.see(justice, await justice.post(ask, { reason: '' }));
  await justice.post(ask, { reason: 'Người con nuôi yêu cầu biết cha mẹ đẻ' });
  await looks.visit(justice, ask);
  await looks.follow(chairman, ['/ban-lam-viec/so/cho-duyet']);
  const opening = await linkOn(chairman, '/ban-lam-viec/so/cho-duyet', /\/niem-phong\/\d+$/);
  await looks.see(chairman, await chairman.post(opening, { answer: 'no' }));
  await chairman.post(opening, { answer: 'yes' });
  for (const page of [ask, `${entry}/hien`]) await looks.visit(justice, page);
  await looks.see(justice, await justice.post(`${entry}/hien`, { reason: 'Theo yêu cầu của người con nuôi' }));
}

/** What the national database refused: sent again. */
async function national(looks, { justice }) {
  const again = await linkOn(justice, '/ban-lam-viec/gui-quoc-gia', /\/gui-lai$/);
  if (!again) return; // Before the decree nothing is sent.
  await looks.see(justice, await justice.post(again, { reason: '' }));
  await justice.post(again, { reason: 'Đã đối chiếu căn cước của người mẹ' });
  await looks.follow(justice, ['/ban-lam-viec/gui-quoc-gia', '/ban-lam-viec/gui-quoc-gia?trang-thai=giu-lai']);
}

/** A hospital's notice of birth: the commune reminds, the family claims it. */
async function notices(looks, { justice, citizen }) {
  const list = '/ban-lam-viec/giay-chung-sinh';
  await looks.follow(justice, [list]);
  const remind = await linkOn(justice, list, /\/nhac$/);
  await looks.see(justice, await justice.post(remind, { how: '' }));
  await justice.post(remind, { how: 'Gọi điện cho người mẹ' });
  for (const page of [list, `${list}?loai=tu`, `${list}?xong=1`]) await looks.visit(justice, page);
  const [claim, year] = fs.readFileSync(path.join(looks.province.data, 'demo-notices.tsv'), 'utf8').split('\n')[0].split('\t');
  const code = new URL(claim, 'http://x').searchParams.get('ma');
  await looks.visit(citizen, claim);
  await looks.see(citizen, await citizen.post(claim, { code, born_on: '1900' }, { action: '/giay-chung-sinh' }));
  const draft = await citizen.post(claim, { code, born_on: year }, { action: '/giay-chung-sinh' });
  if (!/^\/nop\/\d+\/buoc\//.test(draft.address)) throw new Error(`the notice was not claimed: ${draft.status} ${draft.address}`);
  await looks.see(citizen, draft);
}

/** The half year or year that is over: its figures, locked, and the lock lifted. */
async function statistics(looks, { justice }) {
  const [year, month] = looks.province.asOf.split('-').map(Number);
  const over = `/ban-lam-viec/thong-ke-ho-tich?nam=${month > 6 ? year : year - 1}&ky=${month > 6 ? 1 : 0}`;
  await looks.follow(justice, [over]);
  const lock = await linkOn(justice, over, /\/thong-ke-ho-tich\/khoa\?/);
  await justice.post(lock);
  for (const page of [over, lock]) await looks.visit(justice, page);
  await looks.see(justice, await justice.post(lock, { decision: '' }));
}

/** A commune whose books are with a node, and a line of it that people must decide about. */
async function offline(looks, person) {
  const { province } = looks;
  const sql = (text) => execFileSync('sqlite3', [path.join(province.data, 'thienan.db'), text], { encoding: 'utf8' }).trim();
  const now = Date.parse(`${province.asOf}+07:00`);
  const agency = sql(`SELECT a.key FROM agency a JOIN agency_version v ON v.agency = a.id WHERE v.kind = 'peoples_committee' AND v.desk_vi <> ''
    AND v.valid_from <= ${Math.floor(now / 86_400_000)} AND (v.valid_to IS NULL OR v.valid_to > ${Math.ceil(now / 86_400_000)}) ORDER BY a.key DESC LIMIT 1`);
  execFileSync(binary, ['node', 'prepare', '--data', province.data, '--agency', agency, '--to', path.join(province.home, 'node')]);
  const lease = sql('SELECT id FROM register_lease');
  const body = JSON.stringify({ format: 1, lease, epoch: 1, sequence: 1, previous: '0'.repeat(64), kind: 'complete', at: now * 1000, made: { entry: '05/2016' }, sealed: '00',
    actor: { account: '0', party: '0', post: '0', agency: '0', for_post: '0', channel: 'desk' }, subject: { dossier: '21172-160704-10001', task: 'check', place: 0 } });
  sql(`INSERT INTO offline_line (id, lease, sequence, hash, body, signature, dossier, has_entry, state, problem, came_at) VALUES (1, ${lease}, 1, x'00', '${body}', x'00',
    '21172-160704-10001', 1, 'conflict', '{"code":"offline.no_such_step","field":"","law":"","words":[["step","check"]]}', ${now * 1000})`);
  await looks.follow(person, ['/ban-lam-viec/nut-ngoai-tuyen']);
}

/** A delegation in the days to come, so that it can be ended. */
async function delegation(looks, person) {
  const day = (days) => new Date(Date.parse(looks.province.asOf) + days * 86_400_000).toLocaleDateString('en-GB').split('/').map(Number).join('/');
  await person.go('/ban-lam-viec/uy-quyen/them');
  await person.page.locator('[name="from"]').selectOption({ index: 1 });
  await person.page.locator('[name="to"]').selectOption({ index: 2 }); // The first is the same post.
  await person.fill({ first: day(1), last: day(3) });
  await person.page.locator('main textarea').fill('Nghỉ phép');
  await person.press(person.page.locator(next).last());
  await looks.follow(person, ['/ban-lam-viec/uy-quyen']);
}

/** A late birth handed in at the counter: its steps, and the fee to be taken; the slip leads to the page of the paper. */
async function atCounter(looks, person) {
  const { province } = looks;
  const year = Number(province.asOf.slice(0, 4));
  const { steps } = birth(year);
  const goOn = async (answers) => {
    await person.fill(answers);
    await person.press(person.page.locator('main form[method=post] .actions button.btn:not([name])').first());
  };
  await person.go('/ban-lam-viec/nhan-tai-quay');
  await person.press(person.page.locator('main form[action$="/dang-ky-khai-sinh"] button').first());
  for (const name of ['requester', 'child', 'parents']) {
    await shown(looks, person);
    await goOn(name === 'child' ? { ...steps.child, 'child.born_on': { day: 5, month: 1, year } } : steps[name]);
  }
  await attach(person, 'birth_notification', [await photo(person, 'giay-chung-sinh.jpg', 100_000)]);
  await goOn({});
  await goOn({ 'result.hand_over': 'at_desk' });
  await shown(looks, person);
  await goOn({ declared_true: true });
  const dossier = person.path;
  await looks.visit(person, `${dossier}/thu-phi`);
  const ready = async () => (await person.get(dossier)).html.includes('Giấy tiếp nhận hồ sơ');
  await province.whenDeskChanges(province.account(...officers.desk).login, ready, 'the slip');
  const papers = linksOf((await person.get(dossier)).html).filter((link) => link.startsWith(`${dossier}/giay/`));
  for (const link of papers) {
    const answer = await person.context.request.get(link);
    if (answer.headers()['content-type'] !== 'application/pdf') continue;
    const pdf = path.join(province.home, 'slip.pdf');
    fs.writeFileSync(pdf, await answer.body());
    const address = /\/xac-minh\/[\w-]+/.exec(qrOf(pdf, province.home));
    if (address) await looks.visit(person, address[0]);
  }
}

/** What the QR codes of a PDF say. */
function qrOf(pdf, folder) {
  execFileSync('pdftoppm', ['-r', '200', '-png', pdf, path.join(folder, 'qr')]);
  const pages = fs.readdirSync(folder).filter((name) => name.startsWith('qr') && name.endsWith('.png'));
  return pages.map((name) => {
    try {
      return execFileSync('zbarimg', ['-q', '--raw', path.join(folder, name)], { encoding: 'utf8' });
    } catch {
      return ''; // No code on this page.
    }
  }).join('');
}

/** The second factor: switched on by an officer, then asked for when he signs in. */
async function secondFactor(looks, person, { login, password }) {
  await person.go('/ban-lam-viec/xac-thuc');
  await shown(looks, person);
  await person.press(person.page.locator('main form button.btn').first());
  await shown(looks, person);
  const picture = path.join(looks.province.home, 'khoa.png');
  await person.page.locator('svg.qr').screenshot({ path: picture });
  const address = new URL(execFileSync('zbarimg', ['-q', '--raw', picture], { encoding: 'utf8' }).trim());
  const typed = />([A-Z2-7]{4}(?: [A-Z2-7]{1,4})+)</.exec(await person.page.content())[1].replaceAll(' ', '');
  const secret = address.searchParams.get('secret');
  if (address.protocol !== 'otpauth:' || secret !== typed) throw new Error(`the QR code says ${address}, the page ${typed}`);
  await person.fill({ code: execFileSync('oathtool', ['--totp', '-b', secret], { encoding: 'utf8' }).trim() });
  await person.press(person.page.locator('main form button.btn').first());
  await person.go('/dang-nhap');
  await person.fill({ login, password });
  await person.press(person.page.locator('main button.btn').first());
  await shown(looks, person);
}

/** The first administrator of a province that has nobody yet. */
async function firstAdministrator(looks, browser) {
  const province = await Province.start({ demo: false });
  const person = await Person.come(browser, province, 'first administrator');
  await looks.see(person, await person.get(province.firstLink));
  await person.leave();
  await province.stop();
}

async function main() {
  const args = process.argv.slice(2);
  const option = (name) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args.splice(at, 2)[1];
  };
  const shots = option('--shots');
  const day = option('--day') ?? '2026-07-01T08:00';
  const left = option('--left');
  if (shots) fs.mkdirSync(shots, { recursive: true });
  const started = Date.now();
  const province = await Province.start({ asOf: day });
  const browser = await launch();
  const looks = new Looks(browser, province, { shots, wanted: args, started });
  const people = {};
  try {
    await looks.part('stranger', async () => {
      const stranger = await Person.come(browser, province, 'stranger');
      await looks.follow(stranger, ['/', '/thu-tuc', '/thu-tuc/dang-ky-khai-sinh', '/thu-tuc?q=zzzzz', '/tro-giup', '/hien-thi', '/tra-cuu', '/xac-minh', '/dang-nhap']);
      await filing(looks, stranger);
    });
    people.citizen = await Person.come(browser, province, 'new citizen');
    await looks.part('codes', () => codes(looks, people.citizen));
    for (const [name, [post, agency]] of Object.entries(officers))
      await looks.part(name, async () => {
        people[name] = await Person.come(browser, province, name);
        await people[name].signIn(province.account(post, agency));
        await looks.follow(people[name], ['/ban-lam-viec', '/ban-lam-viec/muc-luc', '/ban-lam-viec/tai-khoan']);
      });
    await looks.part('further', () => further(looks, people));
    for (const [name, walked] of Object.entries({ sealed, national, notices, statistics })) await looks.part(name, () => walked(looks, people));
    await looks.part('offline', () => offline(looks, people['system-administrator']));
    await looks.part('delegation', () => delegation(looks, people.chairman));
    await looks.part('counter', () => atCounter(looks, people.desk));
    await looks.part('second factor', () => secondFactor(looks, people.auditor, province.account(...officers.auditor)));
    await looks.part('first administrator', () => firstAdministrator(looks, browser));
    await looks.part('citizens', async () => {
      for (const { login, password, post } of province.accounts())
        if (post === '' && looks.lacking('/ho-so-cua-toi').length) {
          const citizen = await Person.come(browser, province, 'citizen');
          await citizen.signIn({ login, password });
          await looks.follow(citizen, ['/ho-so-cua-toi']);
          await citizen.leave();
        }
    });
    await looks.part('looked', () => looks.looked());
  } finally {
    await browser.close();
    await province.stop();
  }
  if (!args.length) looks.unseen();
  if (left) fs.writeFileSync(left, [...looks.left].map(([text, address]) => `${address}\t${text}\n`).join(''));
  console.log(`${[...looks.seen.values()].flat(1).length} pages of ${looks.table.routes.length} routes`);
  console.log(`${looks.passed} passed, ${looks.failed} failed`);
  process.exitCode = looks.failed || looks.passed === 0 ? 1 : 0;
}

await main();
