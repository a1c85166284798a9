/** `<ta-print><button hidden>In</button></ta-print>`: the browser's own menu prints as well, so the button needs scripts. */
export class Print extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
