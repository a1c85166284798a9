/** Moves the focus to the error summary when the page opens with one. Without scripts it is simply the first thing on the page. */
export class Errors extends HTMLElement {
  connectedCallback(): void {
    this.querySelector<HTMLElement>(".summary")?.focus();
  }
}
