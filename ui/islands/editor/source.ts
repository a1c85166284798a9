import { make } from "./dom";

// The textarea: the tab key, and finding a line in it.

/**
 * Tab writes a tab stop of two spaces, Shift+Tab takes one away; after Escape the next Tab leaves the field, so a keyboard is never caught.
 */
export function handleTabs(area: HTMLTextAreaElement): void {
  let leaving = false;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaving = true;
    else if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      shift(area, event.shiftKey);
    } else if (event.key !== "Shift") leaving = false;
  });
  area.addEventListener("blur", () => (leaving = false));
}

function shift(area: HTMLTextAreaElement, back: boolean): void {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const from = value.lastIndexOf("\n", start - 1) + 1;
  if (start === end && !back) return insert(area, "  ");
  const lines = value.slice(from, end).split("\n");
  const moved = lines.map((line) => (back ? line.replace(/^ {1,2}|^\t/, "") : `  ${line}`)).join("\n");
  area.setSelectionRange(from, end);
  insert(area, moved);
  area.setSelectionRange(Math.max(from, start + (back ? 0 : 2)), from + moved.length);
}

/** Through the editing command, because that alone keeps the browser's own undo. */
function insert(area: HTMLTextAreaElement, text: string): void {
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
}

/** Selects line `line` (1 is the first) and brings it into view. */
export function goToLine(area: HTMLTextAreaElement, line: number): void {
  const lines = area.value.split("\n");
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + lines[at].length);
  const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
  area.scrollTop = Math.max(0, at * height - area.clientHeight / 2);
  area.scrollIntoView({ block: "nearest" });
}

/** Makes what is said in each finding a button that calls `show`. */
export function linkFindings(list: Element | null, show: (element: string, line: number) => void): void {
  for (const item of list?.querySelectorAll<HTMLElement>("li[data-element], li[data-line]") ?? []) {
    const { element = "", line = "0" } = item.dataset;
    if (element === "" && Number(line) < 1) continue;
    const button = make("button", { type: "button", class: "finding" }, ...item.childNodes);
    button.addEventListener("click", () => show(element, Number(line)));
    item.replaceChildren(button);
  }
}
