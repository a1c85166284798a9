// What every page is held to, wherever it comes from: a sample of ui/preview or the running server.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

export const launch = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** Has axe in every page of a context from its start: sooner than putting it into each page. */
export const withAxe = (context) => context.addInitScript(axe);

/** Violations of WCAG 2.2 A, AA and AAA on the page, one line each. */
export const axeFaults = (page) => violations(page, { type: 'tag', values: rules });

/** Those of colour alone: all that changes with the theme. */
export const contrastFaults = (page) => violations(page, { type: 'rule', values: ['color-contrast', 'color-contrast-enhanced', 'link-in-text-block'] });

const sheets = new Set(); // Style sheets axe has read in this run; again they say the same.

async function violations(page, only) {
  const { has, styled } = await page.evaluate(() => ({ has: 'axe' in globalThis, styled: [...document.styleSheets].map((sheet) => sheet.href).join(' ') }));
  if (!has) await page.evaluate(axe);
  const preload = only.type === 'tag' && !sheets.has(styled);
  if (preload) sheets.add(styled);
  const result = await page.evaluate((options) => globalThis.axe.run(document, { ...options, resultTypes: ['violations'] }), { runOnly: only, preload });
  return result.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => `${node.target.join(' ')} ${node.any?.[0]?.message ?? ''}`).slice(0, 3).join(' | ')}`);
}

/** Elements that make the page wider than the window, and tables cut off at their frame; runs in the page. */
export const wider = () => {
  const width = document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll('.tbl')].filter((frame) => getComputedStyle(frame).overflowX === 'clip' && frame.scrollWidth > frame.clientWidth + 1)
    .map((frame) => `${frame.className} cuts off ${frame.scrollWidth - frame.clientWidth} px`);
  if (document.documentElement.scrollWidth <= width) return cut;
  const scrolls = (element) => element.parentElement !== null
    && (['auto', 'scroll', 'clip', 'hidden'].includes(getComputedStyle(element.parentElement).overflowX) || scrolls(element.parentElement));
  return [...cut, ...[...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element))
    .slice(-3).map((element) => `${element.tagName.toLowerCase()}.${element.className}`)];
};

/** Puts errors of the console (a refused inline style or script is one) and of scripts into `faults`. */
export function listen(page, faults, allowed = /ERR_|404/) {
  page.on('console', (message) => message.type() === 'error' && !allowed.test(message.text()) && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
}
