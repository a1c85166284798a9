/** Copies a code. `<ta-copy data-done="Đã chép"><b data-code>…</b></ta-copy>`: the button appears only when copying can work. */
export class Copy extends HTMLElement {
  connectedCallback(): void {
    const code = this.querySelector<HTMLElement>("[data-code]");
    const button = this.querySelector<HTMLButtonElement>("button");
    if (!code || !button || !navigator.clipboard) return;
    const label = button.textContent ?? "";
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText((code.textContent ?? "").trim());
      button.textContent = this.dataset.done ?? label;
      setTimeout(() => (button.textContent = label), 4000);
    });
  }
}
