/**
 * `<ta-asked data-when="child.kind = \"a\" or child.known = true">` around a question other answers bring up: there while the
 * condition holds. Conditions are the form's own (FEEL), over inputs of the page: comparisons with a text, a number or a truth
 * value, `and`, `or`, `not(...)`. One that needs an answer of another page stays as the server drew it. `data-off`: not asked.
 */
export class Asked extends HTMLElement {
  connectedCallback(): void {
    const form = this.closest("form");
    if (!form || !this.dataset.when) return;
    const look = (): void => {
      const holds = new Condition(this.dataset.when!, (name) => answer(form, name)).holds();
      if (holds === null) return;
      this.toggleAttribute("data-off", !holds);
      this.hidden = false;
    };
    form.addEventListener("input", look);
    form.addEventListener("change", look);
    // Once the whole form is there.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look);
    else look();
  }
}

type Value = string | number | boolean | null;

/** What the form answers to a name now: null without an answer, or one that is not asked; undefined: not on this page. */
function answer(form: HTMLFormElement, name: string): string | null | undefined {
  const controls = [...form.elements].filter((one) => (one as HTMLInputElement).name === name) as HTMLInputElement[];
  if (controls.length === 0) return undefined;
  for (const control of controls) {
    const choice = control.type === "radio" || control.type === "checkbox";
    if (control.closest("ta-asked[data-off]") || (choice && !control.checked) || control.value === "") continue;
    return control.value;
  }
  return null;
}

class Condition {
  #tokens: string[];
  #at = 0;
  #known = true;

  constructor(
    text: string,
    private readonly answerOf: (name: string) => string | null | undefined,
  ) {
    this.#tokens = text.match(/"(?:[^"\\]|\\.)*"|[\w.]+|!=|[=()]/g) ?? [];
  }

  /** Null when it is more than this page can tell. */
  holds(): boolean | null {
    const value = this.#or();
    return this.#known && this.#at === this.#tokens.length ? value : null;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#take("or")) value = this.#and() || value;
    return value;
  }

  #and(): boolean {
    let value = this.#one();
    while (this.#take("and")) value = this.#one() && value;
    return value;
  }

  #one(): boolean {
    if (this.#take("not")) return !this.#one();
    if (this.#take("(")) {
      const value = this.#or();
      this.#known = this.#take(")") && this.#known;
      return value;
    }
    const given = this.answerOf(this.#tokens[this.#at++] ?? "");
    const equal = this.#take("=");
    if (given === undefined || (!equal && !this.#take("!="))) this.#known = false;
    const wanted = literal(this.#tokens[this.#at++] ?? "");
    return same(given ?? null, wanted) === equal;
  }
}

function literal(token: string): Value {
  if (token === "null") return null;
  if (token === "true" || token === "false") return token === "true";
  return token.startsWith('"') ? (JSON.parse(token) as string) : Number(token);
}

function same(given: string | null, wanted: Value): boolean {
  if (given === null || wanted === null) return given === wanted;
  if (typeof wanted === "boolean") return (given === "true" || given === "1") === wanted;
  return typeof wanted === "number" ? Number(given) === wanted : given === wanted;
}
