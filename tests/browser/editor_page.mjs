// A page with the editor as the desk has it, served under the very policy of the site: for editor.mjs.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { words } from '../../ui/preview.mjs';
import { Templates } from '../../ui/template.mjs';

const here = path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(here, '../..');
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

/** The policy as engine/web/site.cpp writes it. */
export function policy() {
  const source = fs.readFileSync(path.join(root, 'engine', 'web', 'site.cpp'), 'utf8');
  const [, lines] = /"Content-Security-Policy",\s*((?:"[^"]*"\s*)+)/.exec(source);
  return [...lines.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join('');
}

const templates = new Templates(path.join(root, 'ui', 'frame'));
const shared = JSON.parse(fs.readFileSync(path.join(root, 'ui', 'preview', 'frame.json'), 'utf8'));

function html(assets, { kind, text, file = `process.${kind}`, language = 'vi', theme = '', path: steps = '', findings = [] }) {
  const all = findings.map(({ element = '', line = '', words: said }) => ({ element, line, words: said }));
  const frame = { ...shared.frame, lang: language, other_lang: language === 'vi' ? 'en' : 'vi', theme };
  const context = { ...shared, frame, assets, kind, text, file, steps, findings: all, has_findings: all.length > 0 };
  return templates.render(path.join(here, 'editor_page.html'), context, words(language));
}

/** A server of pages put in `pages` (address -> what html() takes) and of the built files; what a form sent is in `sent`. */
export function serve(assets, files, pages) {
  const rule = policy();
  const sent = [];
  const server = http.createServer((request, response) => {
    const address = new URL(request.url, 'http://localhost').pathname;
    const asset = path.join(files, path.basename(address));
    if (address.startsWith('/tinh/') && fs.existsSync(asset)) {
      response.writeHead(200, { 'content-type': types[path.extname(asset)] ?? 'application/octet-stream' });
      response.end(fs.readFileSync(asset));
    } else if (request.method === 'POST') {
      const parts = [];
      request.on('data', (part) => parts.push(part)).on('end', () => {
        sent.push(new URLSearchParams(Buffer.concat(parts).toString()));
        response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': rule }).end('<title>sent</title>');
      });
    } else if (pages.has(address)) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': rule });
      response.end(html(assets, pages.get(address)));
    } else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  return { server, sent };
}
