// Elements made by hand, so that nothing is ever read as HTML.
type Attributes = Record<string, string | boolean | undefined>;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const strokes = {
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
  palette: "M4 4h7v7H4zM13 16.5a3.5 3.5 0 1 0 7 0 3.5 3.5 0 0 0-7 0M16.5 3.5 21 8l-4.5 4.5L12 8zM4 14h6v6H4z",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  zoom_in: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM20 20l-4-4M8 11h6M11 8v6",
  zoom_out: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM20 20l-4-4M8 11h6",
  tall: "M12 3v18M8 7l4-4 4 4M8 17l4 4 4-4",
  remove: "M6 6l12 12M18 6 6 18",
  up: "M12 19V5M6 11l6-6 6 6",
};
export type Icon = keyof typeof strokes;

export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("class", "icon icon-s");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", strokes[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon and says `label`. */
export function iconButton(name: Icon, label: string, run: () => void): HTMLButtonElement {
  const button = make("button", { type: "button", class: "editor-tool", "aria-label": label, title: label }, icon(name));
  button.addEventListener("click", run);
  return button;
}

/** A phone: what lies over the drawing starts folded. */
export const isNarrow = (): boolean => window.matchMedia("(max-width: 40rem)").matches;
