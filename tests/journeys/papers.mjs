// What comes out on paper: kept as a file, measured, its signatures counted, the code on it read.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The PDF at an address the visitor may open, kept as a file. */
export async function keptPdf(visitor, href) {
  const answer = await visitor.page.request.get(href);
  assert.equal(answer.status(), 200, href);
  assert.equal(answer.headers()['content-type'], 'application/pdf');
  const to = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'thienan-paper-')), 'paper.pdf');
  fs.writeFileSync(to, await answer.body());
  return to;
}

/** The paper of that name on the page of a dossier at the desk. */
export async function download(visitor, name) {
  return keptPdf(visitor, await visitor.page.locator('.more a', { hasText: name }).last().getAttribute('href'));
}

export async function oneA4(pdf) {
  const { stdout } = await run('pdfinfo', [pdf]);
  assert.match(stdout, /Pages:\s+1\n/);
  assert.match(stdout, /Page size:.*A4/);
}

/** Signatures pdfsig calls valid. */
export async function validSignatures(pdf) {
  const { stdout } = await run('pdfsig', ['-nocert', pdf]).catch((fault) => fault);
  return (stdout.match(/Signature Validation: Signature is Valid/g) ?? []).length;
}

/** What the paper says, in the order of its lines. */
export async function said(pdf) {
  return (await run('pdftotext', ['-layout', pdf, '-'])).stdout;
}

/** Where the QR code of the paper leads. */
export async function leadsTo(pdf) {
  const folder = path.dirname(pdf);
  await run('pdftoppm', ['-r', '200', '-png', pdf, path.join(folder, 'page')]);
  for (const name of fs.readdirSync(folder).filter((one) => one.endsWith('.png'))) {
    const { stdout } = await run('zbarimg', ['-q', '--raw', path.join(folder, name)]).catch(() => ({ stdout: '' }));
    if (stdout.trim()) return stdout.trim();
  }
  throw new Error(`${pdf} has no code that can be read`);
}
