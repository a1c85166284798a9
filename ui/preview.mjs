// Pages without the server: renders every sample of preview/SYSTEM/PAGE[@VARIANT].json with the page template of that name.
//   node preview.mjs [--out DIR]      writes DIR/SYSTEM/PAGE[@VARIANT].LANG.html and DIR/list.json   (default ../build/preview)
//   node preview.mjs serve [PORT]     serves them with the product's headers; ?theme=dark&text=large
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { Templates } from './template.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const repository = path.join(root, '..');
const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

/** All words of one language, from every catalogue. */
export function words(language) {
  const all = {};
  const folders = [root, ...['engine', 'systems'].flatMap((room) => fs.readdirSync(path.join(repository, room)).map((name) => path.join(repository, room, name)))];
  for (const folder of folders) {
    const file = path.join(folder, `words.${language}.json`);
    if (fs.existsSync(file)) Object.assign(all, readJson(file));
  }
  return all;
}

/** Every sample: {system, page, variant, file, template}. */
export function samples() {
  const found = [];
  for (const system of fs.readdirSync(path.join(root, 'preview'), { withFileTypes: true })) {
    if (!system.isDirectory()) continue;
    for (const file of fs.readdirSync(path.join(root, 'preview', system.name)).sort()) {
      const [page, variant = ''] = path.parse(file).name.split('@');
      found.push({
        name: `${system.name}/${path.parse(file).name}`, system: system.name, page, variant,
        file: path.join(root, 'preview', system.name, file),
        template: path.join(repository, 'systems', system.name, 'pages', `${page}.html`),
      });
    }
  }
  return found;
}

export class Preview {
  constructor(assets) {
    this.assets = assets;
    this.templates = new Templates(path.join(root, 'frame'));
  }

  html(sample, { language = 'vi', theme = '', text = '' } = {}) {
    const shared = readJson(path.join(root, 'preview', 'frame.json'));
    const own = readJson(sample.file);
    const frame = { ...shared.frame, ...own.frame, lang: language, theme, text };
    return this.templates.render(sample.template, { ...shared, ...own, frame, assets: this.assets }, words(language));
  }
}

const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
  + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** A server of the samples with the product's headers; answers the http.Server. */
export function serve(preview, files, port) {
  const all = new Map(samples().map((sample) => [`/${sample.name}`, sample]));
  return http.createServer((request, response) => {
    const address = new URL(request.url, 'http://localhost');
    const asset = path.join(files, path.basename(address.pathname));
    const sample = all.get(decodeURIComponent(address.pathname));
    if (address.pathname.startsWith('/tinh/') && fs.existsSync(asset)) {
      response.writeHead(200, { 'content-type': types[path.extname(asset)] ?? 'application/octet-stream', 'cache-control': 'no-store' });
      response.end(fs.readFileSync(asset));
    } else if (sample) {
      const query = Object.fromEntries(address.searchParams);
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
      response.end(preview.html(sample, query));
    } else if (address.pathname === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end([...all.keys()].map((name) => `<p><a href="${name}">${name}</a></p>`).join(''));
    } else response.writeHead(404).end();
  }).listen(port, '127.0.0.1');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = path.join(repository, 'build', 'ui');
  const preview = new Preview(await build(files));
  if (process.argv[2] === 'serve') {
    const port = Number(process.argv[3] ?? 8471);
    serve(preview, files, port);
    console.log(`http://127.0.0.1:${port}/`);
  } else {
    const out = path.resolve(process.argv[2] === '--out' ? process.argv[3] : path.join(repository, 'build', 'preview'));
    let count = 0;
    for (const sample of samples()) {
      for (const language of ['vi', 'en']) {
        const to = path.join(out, `${sample.name}.${language}.html`);
        fs.mkdirSync(path.dirname(to), { recursive: true });
        fs.writeFileSync(to, preview.html(sample, { language }));
        count += 1;
      }
    }
    console.log(`${count} pages in ${out}`);
  }
}
