// The template grammar of the server (engine/text), again in Node, so that pages can be looked at without it. Strict in the same way:
// an undeclared name, an unknown tag or a value outside text and double-quoted attributes is an error with file and line.
import fs from 'node:fs';
import path from 'node:path';

const tag = /\{\{([#^/>_!@]?)\s*([^}]*?)\s*\}\}/g;
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => escapes[sign]);

class TemplateError extends Error {}

/** Where in HTML a piece of text ends: in text, in a tag, or in a double-quoted value of the attribute `attribute`. */
function htmlState(before, text) {
  const state = { ...before };
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i];
    if (state.at === 'text') {
      if (text.startsWith('<!--', i)) i = text.indexOf('-->', i) + 2;
      else if (sign === '<') state.at = 'tag';
    } else if (state.at === 'tag') {
      if (sign === '>') state.at = 'text';
      else if (sign === '"') {
        state.at = 'value';
        state.attribute = /([\w:-]+)=$/.exec(text.slice(0, i))?.[1] ?? '';
      }
    } else if (sign === '"') state.at = 'tag';
  }
  return state;
}

/** Parses `text` to a tree: strings and {kind, name, items, line}. */
export function parse(text, file) {
  const root = { kind: 'root', items: [] };
  const open = [root];
  let state = { at: 'text' };
  let from = 0;
  const line = (at) => text.slice(0, at).split('\n').length;
  const fail = (at, why) => {
    throw new TemplateError(`${file}:${line(at)}: ${why}`);
  };
  for (const match of text.matchAll(tag)) {
    const [whole, kind, name] = match;
    const plain = text.slice(from, match.index);
    if (plain) open.at(-1).items.push(plain);
    state = htmlState(state, plain);
    from = match.index + whole.length;
    const node = { kind, name, line: line(match.index), file };
    if (kind === '#' || kind === '^') {
      node.items = [];
      open.at(-1).items.push(node);
      open.push(node);
    } else if (kind === '/') {
      if (open.length === 1 || open.at(-1).name !== name) fail(match.index, `{{/${name}}} closes nothing`);
      open.pop();
    } else if (kind !== '!') {
      if ((kind === '' || kind === '_') && state.at === 'tag') fail(match.index, `{{${kind}${name}}} stands outside text and quotes`);
      if (kind === '>' && state.at !== 'text') fail(match.index, `{{>${name}}} stands inside a tag`);
      node.attribute = state.at === 'value' ? state.attribute : '';
      open.at(-1).items.push(node);
    }
  }
  if (open.length > 1) throw new TemplateError(`${file}: {{#${open.at(-1).name}}} is never closed`);
  if (from < text.length) root.items.push(text.slice(from));
  return root;
}

/** Templates of one folder, with the partials of `frame`. */
export class Templates {
  #parsed = new Map();

  constructor(frame) {
    this.frame = frame;
  }

  load(file) {
    if (!this.#parsed.has(file)) this.#parsed.set(file, parse(fs.readFileSync(file, 'utf8'), file));
    return this.#parsed.get(file);
  }

  partial(node) {
    const own = path.join(path.dirname(node.file), `${node.name}.html`);
    const shared = path.join(this.frame, `${node.name}.html`);
    if (own === node.file) throw new TemplateError(`${node.file}:${node.line}: includes itself`);
    if (fs.existsSync(own)) return this.load(own);
    if (fs.existsSync(shared)) return this.load(shared);
    throw new TemplateError(`${node.file}:${node.line}: no partial ${node.name}`);
  }

  render(file, context, words) {
    return this.#items(this.load(file).items, [context], words);
  }

  #items(items, stack, words) {
    return items.map((item) => (typeof item === 'string' ? item : this.#node(item, stack, words))).join('');
  }

  #node(node, stack, words) {
    switch (node.kind) {
      case '>': return this.#items(this.partial(node).items, stack, words);
      case '_': return escape(this.#message(node, stack, words));
      case '@': return String(lookUp(node, stack));
      case '#': return this.#section(node, stack, words);
      case '^': return empty(lookUp(node, stack)) ? this.#items(node.items, stack, words) : '';
      default: return escape(checkedValue(node, lookUp(node, stack)));
    }
  }

  #section(node, stack, words) {
    const value = lookUp(node, stack);
    if (empty(value)) return '';
    if (Array.isArray(value)) return value.map((item) => this.#items(node.items, [...stack, item], words)).join('');
    return this.#items(node.items, typeof value === 'object' ? [...stack, value] : stack, words);
  }

  #message(node, stack, words) {
    const text = words[node.name];
    if (text === undefined) throw new TemplateError(`${node.file}:${node.line}: no words for ${node.name}`);
    return text.replace(/\{([\w.]+)\}/g, (_, name) => String(lookUp({ ...node, name }, stack)));
  }
}

const empty = (value) => value === null || value === false || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);

function lookUp(node, stack) {
  if (node.name === '.') return stack.at(-1);
  const [first, ...rest] = node.name.split('.');
  for (let i = stack.length - 1; i >= 0; i -= 1) {
    const scope = stack[i];
    if (scope === null || typeof scope !== 'object' || !(first in scope)) continue;
    let value = scope[first];
    for (const part of rest) {
      if (value === null || typeof value !== 'object' || !(part in value))
        throw new TemplateError(`${node.file}:${node.line}: ${node.name} is not declared`);
      value = value[part];
    }
    return value;
  }
  throw new TemplateError(`${node.file}:${node.line}: ${node.name} is not declared`);
}

function checkedValue(node, value) {
  if (value !== null && typeof value === 'object') throw new TemplateError(`${node.file}:${node.line}: ${node.name} is not a value`);
  const url = ['href', 'src', 'action', 'formaction'].includes(node.attribute);
  if (url && /^\s*[a-z][a-z0-9+.-]*:/i.test(String(value)) && !/^https?:/i.test(String(value)))
    throw new TemplateError(`${node.file}:${node.line}: ${node.name} is no path or http address`);
  return value ?? '';
}
