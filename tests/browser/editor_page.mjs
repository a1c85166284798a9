// A page with the editor as the desk has it, served under the very policy of the site: for editor.mjs.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** The policy as engine/web/site.cpp writes it. */
export function policy() {
  const source = fs.readFileSync(path.join(root, 'engine', 'web', 'site.cpp'), 'utf8');
  const [, lines] = /"Content-Security-Policy",\s*((?:"[^"]*"\s*)+)/.exec(source);
  return [...lines.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join('');
}

function html(assets, { kind, text, file = `process.${kind}`, language = 'vi', theme = '', path: steps = '', findings = [] }) {
  const list = findings.map(({ element, line, words }) => `<li${element ? ` data-element="${element}"` : ''}${line ? ` data-line="${line}"` : ''}>${escaped(words)}</li>`);
  return `<!doctype html>
<html lang="${language}" data-theme="${theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${file}</title>
<link rel="stylesheet" href="${assets.desk_css}"><link rel="stylesheet" href="${assets.editor_css}">
<script type="module" src="${assets.desk_js}"></script><script type="module" src="${assets.editor_js}"></script></head>
<body class="desk"><div class="shell"><div class="body"><main class="main" id="noi-dung"><div class="titlebar"><div><h1>${file}</h1></div></div>
<form method="post" action="/sent">
<div class="editor" data-editor="${kind}" data-for="content" data-language="${language}" data-file="${file}" data-path="${steps}"></div>
<label for="content">${language === 'vi' ? 'Nội dung tệp' : 'Content of the file'}</label><textarea id="content" name="content" class="code" spellcheck="false">
${escaped(text)}</textarea>
${list.length ? `<ul class="findings">${list.join('')}</ul>` : ''}
<div class="actions"><button class="btn" name="act" value="check">${language === 'vi' ? 'Kiểm tra và lưu' : 'Check and save'}</button></div>
</form></main></div></div></body></html>`;
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
