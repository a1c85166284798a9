// Gives a saved file the lines of the file it came from wherever nothing changed, so that the difference shown to people is what they changed.

/** An element of a text: where it stands, and what it says without regard to layout. */
interface Piece {
  id: string;
  start: number;
  end: number;
  /** The same for two elements that differ in blanks between tags, in the order of attributes and in empty tags alone. */
  meaning: string;
  children: Piece[];
}

const token = /<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<\?[^]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;

/** Reads a well-formed text; `defaults` are attributes ("name=value") that say nothing. */
function read(text: string, defaults: Set<string>): Piece {
  const root: Piece = { id: "", start: 0, end: text.length, meaning: "", children: [] };
  const open = [root];
  let from = 0;
  for (const found of text.matchAll(token)) {
    const [all, data, closes, name, attributes, empty] = found;
    const top = open[open.length - 1];
    top.meaning += plain(text.slice(from, found.index));
    from = found.index + all.length;
    if (data !== undefined) top.meaning += data.trim();
    if (name === undefined) continue;
    if (closes) close(open, from);
    else {
      open.push(begun(name, attributes, found.index, defaults));
      if (empty) close(open, from);
    }
  }
  return root;
}

function begun(name: string, attributes: string, start: number, defaults: Set<string>): Piece {
  const all = [...attributes.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
  const said = all.map(([, key, double, single]) => `${key}=${plain(double ?? single)}`);
  const id = all.find(([, key]) => key === "id")?.[2] ?? "";
  return { id, start, end: 0, meaning: `<${name} ${said.filter((one) => !defaults.has(one)).sort().join(" ")}>`, children: [] };
}

function close(open: Piece[], end: number): void {
  const piece = open.pop()!;
  const parent = open[open.length - 1];
  piece.end = end;
  piece.meaning += "</>";
  parent.meaning += piece.meaning;
  parent.children.push(piece);
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const plain = (text: string): string =>
  text.trim().replace(/&(?:(lt|gt|quot|apos|amp)|#(\d+)|#x([\da-f]+));/gi, (_, name: string, ten: string, hex: string) =>
    name ? entities[name.toLowerCase()] : String.fromCodePoint(ten ? Number(ten) : parseInt(hex, 16)),
  );

/** `saved` with the text of `original` for every element with an id that says the same in both. */
export function keepLines(original: string, saved: string, defaults: Set<string>): string {
  const before = new Map<string, Piece>();
  collect(read(original, defaults), before);
  let out = "";
  let from = 0;
  const walk = (piece: Piece): void => {
    const was = piece.id === "" ? undefined : before.get(piece.id);
    if (was && was.meaning === piece.meaning) {
      out += saved.slice(from, piece.start) + original.slice(was.start, was.end);
      from = piece.end;
    } else piece.children.forEach(walk);
  };
  walk(read(saved, defaults));
  return out + saved.slice(from);
}

function collect(piece: Piece, into: Map<string, Piece>): void {
  if (piece.id !== "") into.set(piece.id, piece);
  for (const child of piece.children) collect(child, into);
}
