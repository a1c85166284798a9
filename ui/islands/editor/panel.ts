import type Modeler from "bpmn-js/lib/Modeler";
import { iconButton, isNarrow, make } from "./dom";
import { Model, type ModdleElement, type Shape } from "./model";
import { groupsOf } from "./panel_groups";
import type { Words } from "./words";

// The properties beside the drawing: what panel_groups.ts says there is, as fields.

export interface Field {
  key: string;
  label: string;
  value: string | boolean;
  /** Takes what was typed; answers what is wrong with it. */
  set(value: string, isTicked: boolean): string | void;
  hint?: string;
  /** Several lines. */
  long?: boolean;
  /** FEEL, ids and durations: one width for every letter. */
  code?: boolean;
  options?: { value: string; text: string }[];
  suggestions?: string[];
}

export interface Item {
  title: string;
  fields: Field[];
  remove(): void;
  up?: () => void;
}

export interface Group {
  key: string;
  title: string;
  fields?: Field[];
  items?: Item[];
  add?: { label: string; run(): void };
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export class Panel {
  #model: Model;
  #groups: Group[] = [];
  #shape = "";
  #signature = "";
  #controls = new Map<string, Control>();
  #open = new Set(isNarrow() ? ["general"] : ["general", "process", "task", "outcomes", "action", "flow", "timer", "event", "decision"]);
  #body = make("div", { class: "editor-groups" });
  #chooser: HTMLSelectElement;

  constructor(
    private root: HTMLElement,
    private modeler: Modeler,
    private words: Words,
  ) {
    this.#model = new Model(modeler);
    this.#chooser = make("select", { class: "control is-small", id: "editor-element" });
    this.#chooser.addEventListener("change", () => this.#choose(this.#chooser.value));
    const label = make("label", { for: "editor-element" }, words("element"));
    root.replaceChildren(make("div", { class: "editor-chooser" }, label, this.#chooser), this.#body);
    modeler.on("selection.changed", () => this.show());
    modeler.on("commandStack.changed", () => this.show());
    modeler.on("root.set", () => this.show());
  }

  /** Takes what is typed in a field that was not left yet. */
  commit(): void {
    const typing = document.activeElement;
    if (typing instanceof HTMLElement && this.root.contains(typing)) typing.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show(): void {
    if (!this.modeler.getDefinitions()) return;
    const selected = this.#model.selected;
    this.#listElements(selected);
    const shape = selected.length === 1 ? selected[0] : this.#model.root;
    this.#groups = shape?.businessObject && selected.length < 2 ? groupsOf(shape, this.#model, this.words) : [];
    const signature = JSON.stringify([shape?.id, selected.length, this.#groups], (key, value) => (key === "value" && typeof value !== "object" ? 0 : value));
    if (signature === this.#signature) return this.#refresh();
    const isSame = this.#shape === shape?.id;
    this.#signature = signature;
    this.#shape = shape?.id ?? "";
    this.#draw(selected.length, isSame);
  }

  /** A keyboard reaches every element through this list. */
  #listElements(selected: Shape[]): void {
    const root = this.#model.root;
    const options = this.#model.shapes
      .filter((shape) => shape !== root)
      .map((shape) => ({ id: shape.id, text: titleOf(shape) }))
      .sort((a, b) => a.text.localeCompare(b.text, "vi"));
    const all = [{ id: root?.id ?? "", text: this.words("process") }, ...options];
    const wanted = all.map(({ id, text }) => make("option", { value: id }, text));
    const now = [...this.#chooser.options].map((option) => option.value + option.text).join();
    if (now !== wanted.map((option) => option.value + option.text).join()) this.#chooser.replaceChildren(...wanted);
    this.#chooser.value = selected.length === 1 ? selected[0].id : (root?.id ?? "");
  }

  #choose(id: string): void {
    const canvas = this.modeler.get<any>("canvas");
    const shape = this.modeler.get<any>("elementRegistry").get(id);
    if (!shape) return;
    const isRoot = shape === canvas.getRootElement();
    this.modeler.get<any>("selection").select(isRoot ? [] : shape);
    if (!isRoot) canvas.scrollToElement(shape, 80);
  }

  #draw(count: number, isSame: boolean): void {
    const typing = document.activeElement;
    const focused = [...this.#controls].find(([, control]) => control === typing)?.[0];
    const scrolled = this.root.scrollTop;
    this.#controls.clear();
    this.#body.replaceChildren(...this.#groups.map((group) => this.#group(group)));
    if (count > 1) this.#body.replaceChildren(make("p", { class: "muted" }, this.words("several", { count })));
    this.root.scrollTop = isSame ? scrolled : 0;
    if (focused && isSame) this.#controls.get(focused)?.focus();
  }

  #group(group: Group): HTMLElement {
    const box = make("details", { class: "editor-group", open: this.#open.has(group.key) });
    const count = group.items?.length ? ` (${group.items.length})` : "";
    box.append(make("summary", {}, group.title + count));
    box.append(...(group.fields ?? []).map((field) => this.#field(field)));
    box.append(...(group.items ?? []).map((item) => this.#item(item)));
    if (group.add) {
      const add = make("button", { type: "button", class: "editor-add" }, group.add.label);
      add.addEventListener("click", () => this.#groups.find(({ key }) => key === group.key)?.add?.run());
      box.append(add);
    }
    box.addEventListener("toggle", () => (box.open ? this.#open.add(group.key) : this.#open.delete(group.key)));
    return box;
  }

  #item(item: Item): HTMLElement {
    const remove = iconButton("remove", `${this.words("remove")}: ${item.title}`, () => this.#itemNow(item)?.remove());
    const up = item.up && iconButton("up", `${this.words("up")}: ${item.title}`, () => this.#itemNow(item)?.up?.());
    const head = make("div", { class: "editor-item-head" }, make("b", {}, item.title), ...(up ? [up] : []), remove);
    return make("div", { class: "editor-item", role: "group", "aria-label": item.title }, head, ...item.fields.map((field) => this.#field(field)));
  }

  #itemNow(item: Item): Item | undefined {
    const key = item.fields[0]?.key;
    return this.#groups.flatMap((group) => group.items ?? []).find((other) => other.fields[0]?.key === key);
  }

  #fieldNow(key: string): Field | undefined {
    return this.#groups.flatMap((group) => [...(group.fields ?? []), ...(group.items ?? []).flatMap((item) => item.fields)]).find((field) => field.key === key);
  }

  #field(field: Field): HTMLElement {
    const id = `editor-${field.key}`;
    const control = this.#control(field, id);
    this.#controls.set(field.key, control);
    const fault = make("p", { class: "editor-fault", id: `${id}-fault`, role: "alert", hidden: true });
    const list = (field.suggestions ?? []).map((value) => make("option", { value }));
    const lists = list.length > 0 ? [make("datalist", { id: `${id}-list` }, ...list)] : [];
    const hint = field.hint ? [make("p", { class: "hint", id: `${id}-hint` }, field.hint)] : [];
    if (field.hint) control.setAttribute("aria-describedby", `${id}-hint`);
    control.addEventListener("change", () => {
      const ticked = control instanceof HTMLInputElement && control.checked;
      const now = this.#fieldNow(field.key);
      if (!now || now.value === (typeof now.value === "boolean" ? ticked : control.value.trim())) return;
      const wrong = now.set(control.value.trim(), ticked) ?? "";
      fault.textContent = wrong;
      fault.hidden = wrong === "";
      control.toggleAttribute("aria-invalid", wrong !== "");
    });
    const label = make("label", { for: id }, field.label);
    const isTick = typeof field.value === "boolean";
    return make("div", { class: isTick ? "editor-field is-tick" : "editor-field" }, ...(isTick ? [control, label] : [label, control]), ...lists, ...hint, fault);
  }

  #control(field: Field, id: string): Control {
    const classes = `control is-small${field.code ? " is-code" : ""}`;
    if (typeof field.value === "boolean") {
      const tick = make("input", { type: "checkbox", id });
      tick.checked = field.value;
      return tick;
    }
    if (field.options) {
      const select = make("select", { class: classes, id }, ...field.options.map(({ value, text }) => make("option", { value }, text)));
      select.value = field.value;
      return select;
    }
    const plain = { class: classes, id, autocomplete: "off", spellcheck: field.code ? "false" : undefined };
    if (field.long) {
      const area = make("textarea", { ...plain, rows: "2" });
      area.value = field.value;
      return area;
    }
    const input = make("input", { type: "text", ...plain });
    input.value = field.value;
    if (field.suggestions?.length) input.setAttribute("list", `${id}-list`);
    return input;
  }

  /** The same fields with other values, after an undo or a change in the drawing. */
  #refresh(): void {
    for (const [key, control] of this.#controls) {
      const value = this.#fieldNow(key)?.value;
      if (typeof value === "boolean") (control as HTMLInputElement).checked = value;
      else if (value !== undefined && control.value.trim() !== value) control.value = value;
    }
  }
}

function titleOf(shape: Shape): string {
  const element = shape.businessObject as ModdleElement;
  return element.name ? `${element.name.replace(/\s+/g, " ")} (${shape.id})` : shape.id;
}
