import { isTyping } from "./fold";

/**
 * The officer's queue. Keys J K X Enter and ? (not while typing or composing; `data-keys="off"` switches them off), and a refresh when the
 * server says something changed: `<ta-queue data-stream="/ban-lam-viec/dong" id="hang">`. The stream only says "changed";
 * the page itself is read again, so rights are always those of the page.
 */
export class Queue extends HTMLElement {
  #at = -1;
  #source?: EventSource;
  #reading = false;
  #again = false;

  connectedCallback(): void {
    if (this.dataset.keys !== "off") document.addEventListener("keydown", this);
    this.addEventListener("change", () => this.#count());
    this.#count();
    if (!this.dataset.stream) return;
    this.#source = new EventSource(this.dataset.stream);
    this.#source.addEventListener("changed", () => void this.#refresh());
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this);
    this.#source?.close();
  }

  handleEvent(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const rows = this.#rows();
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (step && rows.length > 0) this.#move(rows, Math.min(rows.length - 1, Math.max(0, this.#at + step)));
    else if (event.key.toLowerCase() === "x" && rows[this.#at]) rows[this.#at].querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
    else if (event.key === "?") document.querySelector<HTMLDialogElement>("dialog#phim")?.showModal();
  }

  #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("tr.row")];
  }

  #move(rows: HTMLElement[], to: number): void {
    this.#at = to;
    rows.forEach((row, index) => row.classList.toggle("is-cursor", index === to));
    rows[to].querySelector<HTMLElement>("a.name")?.focus(); // Enter then opens the link, as everywhere
  }

  #count(): void {
    const picked = this.querySelectorAll("tr.row input:checked").length;
    for (const row of this.#rows()) row.classList.toggle("is-picked", row.querySelector("input:checked") !== null);
    for (const place of document.querySelectorAll("[data-picked]")) place.textContent = String(picked);
  }

  async #refresh(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok && !answer.redirected) this.#replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } finally {
      this.#reading = false;
      if (this.#again) {
        this.#again = false;
        void this.#refresh();
      }
    }
  }

  /** Takes rows and counts from the fresh page and keeps what the person picked and where the cursor is. */
  #replace(fresh: Document): void {
    const picked = new Set([...this.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value));
    const here = this.#rows()[this.#at]?.id;
    const focused = this.contains(document.activeElement);
    for (const place of document.querySelectorAll<HTMLElement>("[data-live]")) {
      const made = fresh.querySelector(`[data-live="${place.dataset.live}"]`);
      if (made) place.replaceChildren(...made.childNodes);
    }
    for (const box of this.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) box.checked = picked.has(box.value);
    this.#at = this.#rows().findIndex((row) => row.id === here);
    if (this.#at >= 0 && focused) this.#move(this.#rows(), this.#at);
    this.#count();
  }
}
