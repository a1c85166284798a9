// Makes everything a browser loads: `node build.mjs [--out DIR]`, default ../build/ui.
// Writes DIR/NAME-HASH.ext with .br and .gz beside each text file, and DIR/manifest.json:
// {"portal_css": "/tinh/portal-HASH.css", ...}. A name is changed only when its bytes change, so files may be kept for ever.
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import esbuild from 'esbuild';
import { makeFonts } from './fonts.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const address = '/tinh';
const styles = ['portal', 'desk', 'paper'];
const scripts = ['portal', 'desk', 'paper'];
const images = ['icons.svg', 'mark.svg', 'scene.svg'];
const compressible = /\.(css|js|svg|json|txt)$/;

function outFolder() {
  const at = process.argv.indexOf('--out');
  return path.resolve(at > 0 ? process.argv[at + 1] : path.join(root, '..', 'build', 'ui'));
}

/** Bundles styles and scripts; answers {logical name: file name}. */
async function bundle(out, fonts) {
  const style = (name) => ({ in: path.join(root, 'css', `all-${name}.css`), out: name });
  const script = (name) => ({ in: path.join(root, 'islands', `${name}.ts`), out: name });
  const options = {
    outdir: out, bundle: true, minify: true, metafile: true, format: 'esm', charset: 'utf8', legalComments: 'none',
    target: ['es2020', 'chrome111', 'firefox114', 'safari16.4'], entryNames: '[name]-[hash]', assetNames: '[name]-[hash]',
    publicPath: address, loader: { '.woff2': 'file' }, alias: { 'made-fonts': fonts }, logLevel: 'warning',
  };
  const all = [
    await esbuild.build({ ...options, entryPoints: [...styles.map(style), ...scripts.map(script)] }),
    await esbuild.build({ ...options, ...editorOptions, entryPoints: [style('editor'), script('editor')] }),
  ];
  return Object.assign(await copyLicences(out, all[1].metafile), ...all.map(namesOf));
}

/** The editor loads bpmn-js or dmn-js, whichever the file needs, and what they share in pieces of their own. */
const editorOptions = { splitting: true, chunkNames: 'editor_[name]-[hash]', plugins: [strictMarkup()] };

/**
 * The site's policy refuses style attributes in markup. The modelers make theirs with one function, which is replaced by our own; in the
 * pictures of two menus the styles become attributes of SVG.
 */
function strictMarkup() {
  const domify = path.join(root, 'islands', 'editor', 'domify.ts');
  const attributes = (_, list) => list.split(';').filter(Boolean).map((one) => one.replace(/^\s*([\w-]+):\s*(.*)$/, '$1="$2"')).join(' ');
  const edit = (built, filter, change) => built.onLoad({ filter }, async ({ path: file }) => {
    const text = await fs.readFile(file, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`${file} is not as build.mjs knows it`);
    return { contents: changed, loader: 'js' };
  });
  return {
    name: 'strict-markup',
    setup(built) {
      edit(built, /(Align|Distribute)ElementsIcons\.js$/, (text) => text.replace(/style="([^"]*)"/g, attributes));
      edit(built, /min-dom.dist.index\.esm\.js$/, (text) => text.replace('domify$1 as domify, ', '')
        .replace(/$/, `export { default as domify } from ${JSON.stringify(domify)};`));
    },
  };
}

/** {logical name: file name} of everything one run of esbuild made. */
function namesOf(result) {
  const names = {};
  for (const [file, made] of Object.entries(result.metafile.outputs)) {
    const base = path.basename(file);
    if (base.startsWith('editor_')) names[base.replace(/\W/g, '_')] = base;
    else if (made.entryPoint) names[`${base.slice(0, base.lastIndexOf('-'))}_${path.extname(base).slice(1)}`] = base;
    else if (base.endsWith('.woff2')) names[`${base.slice(0, base.lastIndexOf('-')).replaceAll('-', '_')}_woff2`] = base;
  }
  return names;
}

/** The licences of the packages that one run of esbuild took code from, as they ask: one file beside what holds their code. */
async function copyLicences(out, metafile) {
  const used = Object.keys(metafile.inputs).map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean);
  const texts = await Promise.all([...new Set(used)].sort().map(async (folder) => {
    const { name, version, license = 'MIT', author = '' } = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await fs.readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? await fs.readFile(path.join(folder, file), 'utf8') : `${license}. ${author.name ?? author}`;
    return `${name} ${version}\n\n${text.trim()}\n`;
  }));
  const bytes = texts.join(`\n${'-'.repeat(80)}\n\n`);
  const hash = crypto.createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  await fs.writeFile(path.join(out, `editor_licences-${hash}.txt`), bytes);
  return { editor_licences_txt: `editor_licences-${hash}.txt` };
}

/** Copies a picture under a name that carries its hash. */
async function copyImage(out, name) {
  const bytes = await fs.readFile(path.join(root, 'images', name));
  const hash = crypto.createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  const { name: stem, ext } = path.parse(name);
  await fs.writeFile(path.join(out, `${stem}-${hash}${ext}`), bytes);
  return [`${stem}_${ext.slice(1)}`, `${stem}-${hash}${ext}`];
}

async function compress(out) {
  const brotli = promisify(zlib.brotliCompress);
  const gzip = promisify(zlib.gzip);
  for (const file of await fs.readdir(out)) {
    if (!compressible.test(file) || file === 'manifest.json') continue;
    const bytes = await fs.readFile(path.join(out, file));
    await fs.writeFile(path.join(out, `${file}.br`), await brotli(bytes));
    await fs.writeFile(path.join(out, `${file}.gz`), await gzip(bytes, { level: 9 }));
  }
}

export async function build(out = outFolder()) {
  const fonts = path.join(root, 'node_modules', '.made-fonts');
  await fs.rm(out, { recursive: true, force: true });
  await fs.mkdir(out, { recursive: true });
  await makeFonts(root, fonts);
  const names = await bundle(out, fonts);
  for (const image of images) {
    const [name, file] = await copyImage(out, image);
    names[name] = file;
  }
  const manifest = Object.fromEntries(Object.entries(names).sort().map(([name, file]) => [name, `${address}/${file}`]));
  await fs.writeFile(path.join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await compress(out);
  return manifest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = await build();
  console.log(`${Object.keys(manifest).length} files for the browser in ${outFolder()}`);
}
