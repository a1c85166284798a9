// Cuts the fonts down to the signs Vietnamese and English pages use. Input: npm packages (OFL-1.1). Output: build folder only.
import fs from 'node:fs/promises';
import path from 'node:path';
import subset from 'subset-font';

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCodePoint(32 + i)).join('');
const lower = 'àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ';
const marks = '–—‘’“”•…«»·×÷±°²³₫€§©←→↑↓−\u00a0\u2009\u202f\u0300\u0301\u0303\u0309\u0323';
const text = ascii + lower + lower.toUpperCase() + marks;
const digits = '0123456789.,:/-–%+−() ₫\u00a0\u202f';

/** One font file to make: where it comes from, which signs it keeps. */
const jobs = (root) => {
  const file = (pack, name) => path.join(root, 'node_modules', pack, 'files', `${name}.woff2`);
  const vietnam = [400, 600].flatMap((weight) => ['latin', 'vietnamese'].map((script) => ({
    from: file('@fontsource/be-vietnam-pro', `be-vietnam-pro-${script}-${weight}-normal`),
    to: `bvp-${script}-${weight}.woff2`, signs: text,
  })));
  const paper = [['400', 'normal'], ['700', 'normal'], ['400', 'italic']].flatMap(([weight, slant]) =>
    ['latin', 'vietnamese'].map((script) => ({
      from: file('@fontsource/tinos', `tinos-${script}-${weight}-${slant}`),
      to: `tinos-${script}-${weight}-${slant}.woff2`, signs: text,
    })));
  const numbers = { from: file('@fontsource-variable/inter', 'inter-latin-wght-normal'), to: 'so.woff2', signs: digits,
    options: { variationAxes: { wght: { min: 400, max: 600 } } } };
  return [...vietnam, ...paper, numbers];
};

/** Writes every font file of the pages into `to`. */
export async function makeFonts(root, to) {
  await fs.mkdir(to, { recursive: true });
  for (const job of jobs(root)) {
    const bytes = await subset(await fs.readFile(job.from), job.signs, { targetFormat: 'woff2', ...job.options });
    await fs.writeFile(path.join(to, job.to), bytes);
  }
}
