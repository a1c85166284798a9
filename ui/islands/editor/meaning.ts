// Whether two XML texts mean the same, so that the editor never opens what it would not give back whole.
const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
const namespaces = "http://www.w3.org/2000/xmlns/";

export interface Malformed {
  line: number;
  why: string;
}

/** The document, or where it is not well-formed. */
export function parsed(xml: string): Document | Malformed {
  const document = new DOMParser().parseFromString(xml, "application/xml");
  const fault = document.getElementsByTagName("parsererror")[0]?.textContent;
  if (fault === undefined || fault === null) return document;
  const [, line = "1", why = fault] = /line (?:number )?(\d+)[^:]*: ?([^\n]*)/i.exec(fault) ?? [];
  return { line: Number(line), why: why.trim() };
}

export const isMalformed = (it: Document | Malformed): it is Malformed => "why" in it;

/** What `before` has that `after` has not, as short words; `defaults` are attributes ("name=value") that say nothing. */
export function lost(before: Document, after: Document, defaults: Set<string>): string[] {
  const found: string[] = [];
  compare(before.documentElement, after.documentElement, defaults, found);
  return found;
}

/** Whether the document has comments besides those before the root. */
export const hasComments = (document: Document): boolean =>
  document.createTreeWalker(document.documentElement, NodeFilter.SHOW_COMMENT).nextNode() !== null;

function compare(before: Element, after: Element, defaults: Set<string>, found: string[]): void {
  const kept = attributesOf(after, defaults);
  for (const [name, value] of attributesOf(before, defaults))
    if (!isSame(kept.get(name), value)) found.push(`${shown(before)} ${name.replace(/^\{.*\}/, "")}="${value}"`);
  if (ownText(before) !== ownText(after)) found.push(`${shown(before)} "${ownText(before).slice(0, 40)}"`);
  const rest = [...after.children];
  for (const child of before.children) {
    const at = rest.findIndex((other) => sameName(child, other) && child.getAttribute("id") === other.getAttribute("id"));
    if (at < 0) found.push(shown(child));
    else compare(child, rest.splice(at, 1)[0], defaults, found);
  }
}

/** Blanks are all the same in an attribute, and 30.0 is 30. */
function isSame(one: string | undefined, other: string): boolean {
  if (one === undefined || one === other) return one === other;
  const isNumber = /^[-+]?[\d.]+(e[-+]?\d+)?$/i;
  if (isNumber.test(one) && isNumber.test(other)) return Number(one) === Number(other);
  return one.replace(/\s+/g, " ") === other.replace(/\s+/g, " ");
}

const sameName = (a: Element, b: Element): boolean => a.localName === b.localName && a.namespaceURI === b.namespaceURI;

/** Text that stands in the element itself; blanks at the ends mean nothing in BPMN and DMN. */
const ownText = (element: Element): string =>
  [...element.childNodes].map((node) => (node instanceof Text ? node.data : "")).join("").trim();

function attributesOf(element: Element, defaults: Set<string>): Map<string, string> {
  const all = new Map<string, string>();
  for (const { namespaceURI, localName, value } of element.attributes) {
    if (namespaceURI === namespaces || localName === "schemaLocation") continue;
    const isType = namespaceURI === schemaInstance && localName === "type";
    if (isType && element.localName === "waypoint") continue; // some tools say that a waypoint is a point
    if (isType) all.set("{xsi}type", value.slice(value.indexOf(":") + 1));
    else if (!defaults.has(`${localName}=${value}`)) all.set(`{${namespaceURI ?? ""}}${localName}`, value);
  }
  return all;
}

function shown(element: Element): string {
  const id = element.getAttribute("id") ?? element.getAttribute("name");
  return `<${element.tagName}${id ? ` ${id}` : ""}>`;
}

interface Described {
  properties?: { name: string; isAttr?: boolean; default?: unknown }[];
}

/** The attributes a moddle package leaves out because they are the default. */
export function defaultsOf(packages: { types: Described[] }[]): Set<string> {
  const defaults = packages.flatMap((all) => all.types).flatMap((type) => type.properties ?? []);
  return new Set(
    defaults
      .filter((property) => property.isAttr && property.default !== undefined)
      .map((property) => `${property.name.replace(/^.*:/, "")}=${String(property.default)}`),
  );
}
