/**
 * Keys of typing from a picture, `<ta-typing>` around the form: Enter goes to the next field, Ctrl+Enter saves and goes to the next
 * entry, Alt+ArrowUp copies `data-before`. An Enter that ends a composition of the input method belongs to the input method.
 */
export class TypingKeys extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    form?.addEventListener("keydown", (event) => this.#key(form, event));
    const bad = form?.querySelector<HTMLElement>("[aria-invalid]");
    (bad ?? form?.querySelector<HTMLElement>(".control"))?.focus();
  }

  #key(form: HTMLFormElement, event: KeyboardEvent): void {
    const here = event.target;
    if (!(here instanceof HTMLInputElement || here instanceof HTMLSelectElement)) return;
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector<HTMLButtonElement>('button[value="next"]'));
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#next(form, here);
    } else if (event.key === "ArrowUp" && event.altKey && here.dataset.before) {
      event.preventDefault();
      here.value = here.dataset.before;
      here.dispatchEvent(new Event("input", { bubbles: true }));
      this.#next(form, here);
    }
  }

  #next(form: HTMLFormElement, here: HTMLElement): void {
    const stops = [...form.querySelectorAll<HTMLElement>(".control, button[value]")];
    stops[stops.indexOf(here) + 1]?.focus();
  }
}
