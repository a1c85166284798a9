// What a journey stands on: a running province of its own day, and a visitor at a browser who looks at every page he gets.
// No sleeps: everything waits for an event (a line, a file, a navigation) and gives up after `patience`.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { promisify } from 'node:util';
import { axeFaults, listen, wider } from '../browser/checks.mjs';

/** The Set-Cookie lines of an answer. Debian 12's Node gives them only joined by commas, which dates have too. */
const setCookies = (answer) => (answer.headers.get('set-cookie') ?? '').split(/, (?=[^;,\s]+=)/).filter(Boolean);

export const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
export const binary = process.env.THIENAN_BINARY ?? path.join(root, 'build/release/thienan');
const patience = 60_000;
const seedingPatience = 300_000;

/** Ways to look at the product. `script: false` switches JavaScript off. */
export const views = {
  phone: { width: 360, height: 740, script: false, theme: 'light' },
  'phone-script': { width: 360, height: 740, script: true, theme: 'dark' },
  desktop: { width: 1440, height: 900, script: true, theme: 'light' },
  'desktop-plain': { width: 1440, height: 900, script: false, theme: 'dark' },
};

let nodes = 0;
/** A network address of its own, so that one journey's limits are not another's. */
const ownAddress = () => {
  nodes += 1;
  return `10.${1 + Math.floor(nodes / 65536)}.${Math.floor(nodes / 256) % 256}.${nodes % 256}`;
};
let phones = 0;
/** A phone number no other journey of this run uses. */
export const freshPhone = () => {
  phones += 1;
  return `0978${String(100000 + phones)}`;
};

/** `found()` as soon as it gives something; asked again after each change in `folder`. */
async function whenFolder(folder, found, what) {
  fs.mkdirSync(folder, { recursive: true });
  const watcher = fs.watch(folder); // Stands from here on; the one of fs.promises would begin with the first wait.
  const late = AbortSignal.timeout(patience);
  try {
    for (;;) {
      const change = once(watcher, 'change', { signal: late });
      change.catch(() => {});
      const ready = found(); // While the wait is on: nothing can slip in between.
      if (ready) return ready;
      await change;
    }
  } catch (fault) {
    if (fault.name !== 'AbortError' && fault.name !== 'TimeoutError') throw fault;
  } finally {
    watcher.close();
  }
  throw new Error(`nothing came within ${patience / 1000} s: ${what}`);
}

/** A demo province in a temporary folder, served by the product itself. */
export class Province {
  /** `database`: "postgresql://..."; without it SQLite in the folder. Without `demo` it has nobody yet, and today's clock. */
  static async start({ asOf, database, demo = true }) {
    const it = new Province();
    it.demo = demo;
    it.asOf = asOf;
    it.database = database;
    it.home = fs.mkdtempSync(path.join(os.tmpdir(), 'thienan-journey-'));
    it.data = path.join(it.home, 'data');
    it.seen = new Set();
    await it.serve(seedingPatience);
    if (!demo) return it;
    await it.halt();
    // From here each visitor has an address of its own, as behind a proxy.
    fs.appendFileSync(path.join(it.data, 'thienan.toml'), '\n[web]\ntrusted_proxies = ["127.0.0.1"]\n');
    await it.serve(patience);
    return it;
  }

  async serve(wait = patience) {
    const args = ['serve', '--data', this.data, '--listen', '127.0.0.1:0', '--packs', process.env.THIENAN_PACKS ?? root];
    if (this.demo) args.push('--demo', '--as-of', this.asOf);
    if (this.database) args.push('--database', this.database);
    this.log = fs.createWriteStream(path.join(this.home, 'server.log'), { flags: 'a' });
    this.process = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stderr.pipe(this.log);
    this.ended = new Promise((done) => { this.process.once('exit', (code, signal) => done(signal ?? code)); });
    const lines = readline.createInterface({ input: this.process.stdout });
    const ready = (async () => {
      for await (const line of lines) {
        this.firstLink = /\/bat-dau\/\S+/.exec(line)?.[0] ?? this.firstLink;
        const said = /^ready (http\S+)/.exec(line);
        if (said) return said[1];
      }
      throw new Error(`the server ended (${await this.ended}):\n${fs.readFileSync(path.join(this.home, 'server.log'), 'utf8').slice(-2000)}`);
    })();
    const late = AbortSignal.timeout(wait);
    this.url = await Promise.race([ready, new Promise((done, fail) => { late.onabort = () => fail(new Error('the server was not ready in time')); })]);
  }

  async halt(signal = 'SIGTERM') {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    return this.ended;
  }

  async stop() {
    await this.halt();
    fs.rmSync(this.home, { recursive: true, force: true });
  }

  /** Demo people: {login, password, post, agency}; citizens have an empty post. */
  accounts() {
    return fs.readFileSync(path.join(this.data, 'demo-accounts.tsv'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
      .map((line) => line.split('\t')).map(([login, password, post, agency]) => ({ login, password, post, agency }));
  }

  /** The account whose post and agency hold these words. */
  account(post, agency = '') {
    const found = this.accounts().find((one) => (post === '' ? one.post === '' : one.post.includes(post)) && one.agency.includes(agency));
    if (!found) throw new Error(`no demo account with post "${post}" in "${agency}"`);
    return found;
  }

  /** The next message to a phone or e-mail address that nobody took yet and that holds `pattern`; waits for it. */
  async message(contact, pattern = /./) {
    const folder = path.join(this.data, 'notices');
    const tail = contact.includes('@') ? contact : contact.replace(/^(\+84|0)/, '');
    return whenFolder(folder, () => {
      for (const name of fs.readdirSync(folder).sort()) {
        if (!name.endsWith('.json') || this.seen.has(name)) continue;
        const notice = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
        if (!notice.contact.endsWith(tail) || !pattern.test(`${notice.subject} ${notice.body}`)) continue;
        this.seen.add(name);
        return { ...notice, mode: fs.statSync(path.join(folder, name)).mode & 0o777 };
      }
      return null;
    }, `message to ${contact}`);
  }

  /** The code in the next message of codes to a phone or e-mail address. */
  async code(contact) {
    return /\b\d{6}\b/.exec((await this.message(contact, /(?<![\d-])\d{6}(?![\d-])/)).body)[0];
  }

  /** `answer()` as soon as it gives something, asked again whenever the desk of `login` hears of a change. */
  async whenDeskChanges(login, answer, what) {
    const cookies = await this.cookiesOf(login);
    const patient = AbortSignal.timeout(patience);
    const stream = await fetch(`${this.url}/ban-lam-viec/dong`, { headers: { cookie: cookies, accept: 'text/event-stream' }, signal: patient });
    if (stream.status !== 200) throw new Error(`the stream of ${login} answered ${stream.status}`);
    try {
      let found = await answer(); // After the stream stands: nothing can slip between the look and the wait.
      if (found) return found;
      for await (const chunk of stream.body) {
        found = chunk && await answer();
        if (found) return found;
      }
    } catch (fault) {
      if (fault.name !== 'TimeoutError' && fault.name !== 'AbortError') throw fault;
    }
    throw new Error(`nothing came within ${patience / 1000} s: ${what}`);
  }

  /** Cookies of a session of a demo account, as its browser would send them. */
  async cookiesOf(login) {
    const { password } = this.accounts().find((one) => one.login === login);
    const kept = new Map();
    const take = (answer) => { for (const line of setCookies(answer)) kept.set(...line.split(';')[0].split(/=(.*)/s)); };
    const cookie = () => [...kept].map(([name, value]) => `${name}=${value}`).join('; ');
    const page = await fetch(`${this.url}/dang-nhap`);
    take(page);
    const csrf = /name="csrf" value="([^"]*)"/.exec(await page.text())[1];
    take(await fetch(`${this.url}/dang-nhap`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ csrf, login, password }),
      headers: { cookie: cookie(), origin: this.url, 'x-forwarded-for': ownAddress() } }));
    return cookie();
  }

  /** `thienan COMMAND --data DIR`: its standard output; a code other than 0 fails. */
  async thienan(...args) {
    const { stdout } = await promisify(execFile)(binary, [...args, '--data', this.data],
      { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, LC_ALL: 'en' } });
    return stdout;
  }

  /** A call of the API as the machine of `login`: {status, body}. */
  async api(method, route, { login, scopes = 'dossiers:write dossiers:read tasks', body, headers = {} } = {}) {
    const asked = { 'x-forwarded-for': ownAddress(), ...headers };
    if (login) asked.authorization = `Bearer ${await this.token(login, scopes)}`;
    if (body !== undefined) asked['content-type'] = 'application/json';
    const answer = await fetch(this.url + route, { method, headers: asked, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  async token(login, scopes) {
    this.tokens ??= new Map();
    const key = `${login} ${scopes}`;
    if (!this.tokens.has(key))
      this.tokens.set(key, (await this.thienan('token', '--login', login, '--scopes', scopes, '--hours', '2')).trim().split('\n').at(-1));
    return this.tokens.get(key);
  }
}

const known = new Set(); // Kinds of pages axe has seen in this run.

/** One person at one browser. Every page he gets is looked at: axe, sideways scrolling, console, content policy. */
export class Visitor {
  static async enter(browser, province, { view = 'desktop', shots = null, journey = 'journey', language = 'vi-VN' } = {}) {
    const it = new this();
    const { width, height, script, theme } = views[view];
    it.province = province;
    it.shots = shots;
    it.journey = journey;
    it.view = view;
    it.script = script;
    it.pages = 0;
    it.faults = [];
    it.address = ownAddress();
    it.device = { viewport: { width, height }, colorScheme: theme, hasTouch: width < 600, locale: language, reducedMotion: 'reduce' };
    it.context = await browser.newContext({
      ...it.device, javaScriptEnabled: script, baseURL: province.url, extraHTTPHeaders: { 'x-forwarded-for': it.address }, acceptDownloads: true,
    });
    it.context.setDefaultTimeout(patience);
    it.page = await it.context.newPage();
    // A page of an expected refusal (422, 404...) is an error line of the browser, not of ours.
    listen(it.page, it.faults, /Failed to load resource|ERR_ABORTED/);
    return it;
  }

  async leave() {
    await this.twinContext?.close();
    await this.context.close();
  }

  get path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  async go(route, status = 200) {
    const answer = await this.page.goto(route, { waitUntil: 'load' });
    if (answer.status() !== status) throw new Error(`${route} answered ${answer.status()}, not ${status}: ${await this.heading()}`);
    await this.look();
    return answer;
  }

  /** Clicks a button or link that leads to another page, and looks at it. `name` is what people read on it, or a locator. */
  async press(name, status = 200) {
    const target = typeof name === 'string' || name instanceof RegExp ? this.named(name) : name;
    const [answer] = await Promise.all([
      this.page.waitForResponse((one) => one.request().isNavigationRequest() && one.frame() === this.page.mainFrame() && (one.status() < 300 || one.status() >= 400)),
      this.page.waitForEvent('load'),
      target.click(),
    ]);
    if (answer.status() !== status) throw new Error(`"${name}" answered ${answer.status()} at ${this.path}, not ${status}: ${(await this.text()).slice(0, 600)}`);
    await this.look();
    return answer;
  }

  /** The first visible button or link of that name in the page's main part, else anywhere. */
  named(name) {
    const exact = typeof name === 'string';
    const either = (from) => from.getByRole('button', { name, exact }).or(from.getByRole('link', { name, exact }));
    return either(this.page.locator('main')).or(either(this.page.locator('body'))).filter({ visible: true }).first();
  }

  /** Fills fields by their name in the form; radio, tick and select too; a date as {day, month, year}. */
  async fill(answers) {
    for (const [name, value] of Object.entries(answers)) {
      if (value !== null && typeof value === 'object') {
        await this.fill(Object.fromEntries(Object.entries(value).map(([part, one]) => [`${name}.${part}`, one])));
        continue;
      }
      const named = `:is(input, select, textarea)[name="${name}"]`; // Buttons of the page's head have names too.
      const field = this.page.locator(named).filter({ visible: true });
      const [tag, type] = await field.first().evaluate((element) => [element.tagName, element.type]);
      if (type === 'radio') await this.page.locator(`${named}[value="${value}"]`).check();
      else if (type === 'checkbox') await field.setChecked(Boolean(value));
      else if (tag === 'SELECT') await field.selectOption(String(value));
      else await field.fill(String(value));
    }
  }

  value(name) {
    return this.page.locator(`[name="${name}"]`).first().inputValue();
  }

  heading() {
    return this.page.locator('h1').first().textContent().catch(() => '');
  }

  /** What the main part of the page says, spaces folded. */
  async text(selector = 'main') {
    return (await this.page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
  }

  /** Fails unless the page says all of these. */
  async sees(...wanted) {
    const text = await this.text();
    for (const one of wanted)
      if (!(one instanceof RegExp ? one.test(text) : text.includes(one)))
        throw new Error(`${this.path} does not say ${one}: ${text.slice(0, 600)}`);
  }

  async doesNotSee(...unwanted) {
    const html = await this.page.content();
    for (const one of unwanted)
      if (one instanceof RegExp ? one.test(html) : html.includes(one)) throw new Error(`${this.path} shows ${one}`);
  }

  async signIn({ login, password }) {
    await this.go('/dang-nhap');
    await this.fill({ login, password });
    await this.press(this.page.locator('main button.btn').first());
    if (this.path.startsWith('/dang-nhap')) throw new Error(`${login} was not let in: ${await this.text()}`);
  }

  /** A page of this kind, look and state (errors, flash, language) was not given to axe in this run yet. */
  async newToAxe() {
    const kind = new URL(this.page.url()).pathname.replace(/\d{5,}(-\d+)*/g, 'N');
    const state = await this.page.evaluate(() => [document.documentElement.lang, document.title.slice(0, 4), document.querySelectorAll('main h2, main form, main .note, main table').length]);
    const key = [this.view, kind, ...state].join(' ');
    if (known.has(key)) return false;
    known.add(key);
    return true;
  }

  /** axe needs timers, which a browser without scripts has not: it looks at the same HTML in a browser whose page scripts are kept away. */
  async axeOfTwin() {
    const url = this.page.url();
    const html = await this.page.content();
    if (!this.twin) {
      this.twinContext = await this.context.browser().newContext({ ...this.device, javaScriptEnabled: true });
      this.twin = await this.twinContext.newPage();
      await this.twin.route('**/*.js', (route) => route.fulfill({ status: 200, contentType: 'text/javascript', body: '' }));
    }
    const same = (route) => route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: html });
    await this.twin.route(url, same);
    await this.twin.goto(url, { waitUntil: 'load' });
    await this.twin.unroute(url, same);
    return axeFaults(this.twin);
  }

  /** The checks of every page; `press` and `go` call it. */
  async look() {
    this.pages += 1;
    const at = `${this.page.url().replace(this.province.url, '')} (${this.view})`;
    await this.page.evaluate(() => document.fonts.ready.then(() => 0));
    const found = await this.newToAxe() ? await (this.script ? axeFaults(this.page) : this.axeOfTwin()) : [];
    const wide = await this.page.evaluate(wider);
    if (wide.length) found.push(`wider than the window: ${wide.join(', ')}`);
    found.push(...this.faults.splice(0));
    if (this.shots) {
      const name = new URL(this.page.url()).pathname.replace(/\d{6,}/g, 'N').replaceAll('/', '-') || '-';
      await this.page.screenshot({ path: path.join(this.shots, `${this.journey}.${this.view}.${String(this.pages).padStart(2, '0')}${name}.png`), fullPage: true });
    }
    if (found.length) throw new Error(`${at}\n  ${found.join('\n  ')}`);
  }
}

/** Journeys in the order they were written down. */
export const journeys = [];

/**
 * A journey: `days` and `views` it is walked on, each a result of its own. `walk` gets
 * {province, day, view, enter}: `enter({view, language})` brings one more visitor.
 */
export function journey(name, { days = ['2016-07-01T08:00', '2026-07-01T08:00'], views: seen = ['phone'] }, walk) {
  journeys.push({ name, days, views: seen, walk });
}
