/**
 * Saves a form while the person fills it. `<ta-autosave data-to="/nop/…/luu" data-saved="Đã lưu lúc [time]" data-lost="…">` around the form,
 * with `[data-saved-line]` inside. POSTs the form's fields without files; any 2xx means saved. The button of the form saves as well.
 */
export class Autosave extends HTMLElement {
  #form!: HTMLFormElement;
  #timer = 0;
  #dirty = false;
  #composing = false;

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form || !this.dataset.to) return;
    this.#form = form;
    form.addEventListener("compositionstart", () => (this.#composing = true));
    form.addEventListener("compositionend", () => (this.#composing = false));
    form.addEventListener("input", () => this.#later());
    form.addEventListener("submit", () => (this.#dirty = false));
    window.addEventListener("online", () => this.#later());
    window.addEventListener("pagehide", () => {
      if (this.#dirty) navigator.sendBeacon(this.dataset.to!, this.#body());
    });
  }

  #later(): void {
    this.#dirty = true;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#save(), 1500);
  }

  #body(): URLSearchParams {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form)) if (typeof value === "string") body.append(name, value);
    return body;
  }

  async #save(): Promise<void> {
    if (this.#composing) return this.#later();
    this.#dirty = false;
    try {
      const answer = await fetch(this.dataset.to!, { method: "POST", body: this.#body(), headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const time = new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
      this.#say((this.dataset.saved ?? "").replace("[time]", time));
    } catch {
      this.#dirty = true;
      this.#say(this.dataset.lost ?? "");
    }
  }

  #say(words: string): void {
    const line = this.querySelector<HTMLElement>("[data-saved-line]");
    if (!line) return;
    line.textContent = words;
    line.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
  }
}
