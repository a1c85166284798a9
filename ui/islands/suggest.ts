import { isTyping } from "./fold";

interface Suggestion { name: string; href: string; note?: string }

/**
 * Suggestions under a search field (combobox pattern). `<ta-suggest data-from="/api/v1/procedures?limit=6">` around the form.
 * The answer is {"items":[{"name","href","note"}]}. Enter without a choice still submits the form.
 */
export class Suggest extends HTMLElement {
  #input!: HTMLInputElement;
  #list!: HTMLUListElement;
  #at = -1;
  #asked?: AbortController;
  #timer = 0;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=search]");
    if (!input || !this.dataset.from) return;
    this.#input = input;
    this.#list = document.createElement("ul");
    this.#list.id = `${input.id}-goi-y`;
    this.#list.className = "suggest";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", this.dataset.label ?? "");
    this.#list.hidden = true;
    this.append(this.#list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.#list.id]])
      input.setAttribute(name, value);
    input.addEventListener("input", (event) => {
      if (!(event as InputEvent).isComposing) this.#later();
    });
    input.addEventListener("compositionend", () => this.#later());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), 140);
  }

  async #ask(): Promise<void> {
    const words = this.#input.value.trim();
    this.#asked?.abort();
    if (words.length < 2) return this.#close();
    this.#asked = new AbortController();
    const address = new URL(this.dataset.from ?? "", location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: this.#asked.signal, headers: { accept: "application/json" } });
      if (answer.ok) this.#show(((await answer.json()) as { items: Suggestion[] }).items);
    } catch (fault) {
      if ((fault as Error).name !== "AbortError") this.#close(); // no network: the form still works
    }
  }

  #show(items: Suggestion[]): void {
    this.#at = -1;
    this.#list.replaceChildren(...items.map((item, index) => this.#row(item, index)));
    this.#list.hidden = items.length === 0;
    this.#input.setAttribute("aria-expanded", String(items.length > 0));
    this.#input.removeAttribute("aria-activedescendant");
  }

  #row(item: Suggestion, index: number): HTMLLIElement {
    const row = document.createElement("li");
    row.id = `${this.#list.id}-${index}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.dataset.href = item.href;
    row.textContent = item.name;
    if (item.note) {
      const note = document.createElement("small");
      note.textContent = item.note;
      row.append(note);
    }
    row.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.#go(row);
    });
    return row;
  }

  #key(event: KeyboardEvent): void {
    const rows = [...this.#list.children] as HTMLLIElement[];
    if (event.isComposing || rows.length === 0 || this.#list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.#at = (this.#at + step + rows.length) % rows.length;
      rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === this.#at)));
      this.#input.setAttribute("aria-activedescendant", rows[this.#at].id);
    } else if (event.key === "Enter" && this.#at >= 0) {
      event.preventDefault();
      this.#go(rows[this.#at]);
    } else if (event.key === "Escape") this.#close();
  }

  #go(row: HTMLLIElement): void {
    const address = new URL(row.dataset.href ?? "", location.href);
    if (address.origin === location.origin) location.assign(address);
  }

  #close(): void {
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
  }
}

/** `/` puts the cursor into the search field of the page. */
export function slashFocuses(field: HTMLInputElement | null): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field?.focus();
  });
}
