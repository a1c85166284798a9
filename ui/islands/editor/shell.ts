import { iconButton, make } from "./dom";
import { keepLines } from "./lines";
import { hasComments, isMalformed, lost, parsed } from "./meaning";
import { goToLine, handleTabs } from "./source";
import type { Language, Words } from "./words";

/** What a drawing may ask of the page around it. */
export interface Host {
  root: HTMLElement;
  language: Language;
  words: Words;
  /** The drawing was changed. */
  changed(): void;
}

/** One way to edit a file other than as text. */
export interface Drawing {
  readonly label: "drawing" | "table";
  open(xml: string): Promise<void>;
  /** Whether something was changed since `open`. */
  readonly touched: boolean;
  save(): Promise<string>;
  /** Attributes ("name=value") that are left out when saved because they are the default. */
  defaults(): Set<string>;
  /** Takes what is typed but not yet taken. */
  commit(): void;
  undo(): void;
  redo(): void;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  zoom(step: number): void;
  /** The place for it has another size. */
  resized(): void;
  /** As it is first seen: all of it, if that can be read. */
  fit(): void;
  whole(): void;
  /** Whether a diagram is seen, which can be moved and zoomed, and not a table. */
  readonly isDiagram: boolean;
  togglePalette(): void;
  /** False when no such element is drawn. */
  select(id: string): boolean;
  mark(ids: string[]): void;
}

export type MakeDrawing = (canvas: HTMLElement, panel: HTMLElement, host: Host) => Drawing;

interface Page {
  root: HTMLElement;
  area: HTMLTextAreaElement;
  language: Language;
  words: Words;
  isFormat: (document: Document) => boolean;
  wrongFormat: "not_bpmn" | "not_dmn";
}

/** The drawing and the source of one file, of which one is seen; the textarea is what the form sends. */
export class Shell implements Host {
  readonly root: HTMLElement;
  readonly language: Language;
  readonly words: Words;
  #area: HTMLTextAreaElement;
  #drawing: Drawing;
  #body: HTMLElement;
  #fault: HTMLElement;
  #hint: HTMLElement;
  #tools = new Map<string, HTMLButtonElement>();
  #drawn: string | null = null;
  #initial: string;
  #written = false;
  #leaving = false;
  #path: string[];

  constructor(
    private page: Page,
    makeDrawing: MakeDrawing,
  ) {
    this.root = page.root;
    this.language = page.language;
    this.words = page.words;
    this.#area = page.area;
    this.#initial = page.area.value;
    this.#path = (page.root.dataset.path ?? "").split(/\s+/).filter(Boolean);
    this.#fault = make("p", { class: "note note--bad editor-note", role: "alert", hidden: true });
    this.#hint = make("p", { class: "note note--warn editor-note", hidden: true });
    const canvas = make("div", { class: "editor-canvas", tabindex: "0", role: "group", "aria-label": page.words("canvas") });
    const panel = make("section", { class: "editor-panel", "aria-label": page.words("panel") });
    this.#body = make("div", { class: "editor-body", hidden: true }, canvas, panel);
    this.root.replaceChildren(this.#bar(), this.#fault, this.#hint, this.#body);
    this.#drawing = makeDrawing(canvas, panel, this);
    this.#listen();
    handleTabs(this.#area);
  }

  /** The switch between drawing and source, and the tools of the drawing. */
  #bar(): HTMLElement {
    const { words } = this;
    const view = (name: "drawing" | "source", label: string, run: () => void): HTMLButtonElement => {
      const button = make("button", { type: "button", class: "editor-view", "aria-pressed": "false" }, label);
      button.addEventListener("click", run);
      this.#tools.set(name, button);
      return button;
    };
    const tool = (name: "undo" | "redo" | "palette" | "fit" | "zoom_in" | "zoom_out" | "tall", run: () => void): HTMLButtonElement => {
      const button = iconButton(name, words(name), run);
      this.#tools.set(name, button);
      return button;
    };
    const isTable = this.page.wrongFormat === "not_dmn";
    return make(
      "div",
      { class: "editor-bar" },
      make(
        "div",
        { class: "editor-views", role: "group", "aria-label": words("views") },
        view("drawing", words(isTable ? "table" : "drawing"), () => void this.showDrawing()),
        view("source", words("source"), () => void this.showSource()),
      ),
      make(
        "div",
        { class: "editor-tools", role: "group", "aria-label": words("tools") },
        tool("undo", () => this.#drawing.undo()),
        tool("redo", () => this.#drawing.redo()),
        tool("palette", () => this.#drawing.togglePalette()),
        tool("zoom_out", () => this.#drawing.zoom(-1)),
        tool("zoom_in", () => this.#drawing.zoom(1)),
        tool("fit", () => this.#drawing.whole()),
        tool("tall", () => this.#toggleTall()),
      ),
    );
  }

  #listen(): void {
    const form = this.#area.form;
    form?.addEventListener("submit", (event) => void this.#submit(event, form));
    window.addEventListener("beforeunload", (event) => {
      if (!this.#leaving && this.#isDirty()) event.preventDefault();
    });
    window.addEventListener("pageshow", () => (this.#leaving = false));
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
        event.preventDefault(); // takes what was typed, and does not send the form
        this.#drawing.commit();
      }
      if (event.key === "Escape" && this.root.classList.contains("is-tall") && event.target === event.currentTarget) this.#toggleTall();
    });
    new ResizeObserver(() => this.#isDrawn() && this.#drawing.resized()).observe(this.#body.firstElementChild!);
  }

  #isDrawn(): boolean {
    return !this.#body.hidden;
  }

  #isDirty(): boolean {
    return this.#area.value !== this.#initial || (this.#isDrawn() && this.#drawing.touched);
  }

  changed(): void {
    const set = (name: string, can: boolean): void => this.#tools.get(name)?.setAttribute("aria-disabled", String(!can));
    set("undo", this.#isDrawn() && this.#drawing.canUndo);
    set("redo", this.#isDrawn() && this.#drawing.canRedo);
    for (const name of ["palette", "fit", "zoom_in", "zoom_out"]) this.#tools.get(name)!.hidden = !this.#drawing.isDiagram;
  }

  /** Opens the text of the source as a drawing; when that cannot be, says why and stays. */
  async showDrawing(): Promise<void> {
    const text = this.#area.value;
    if (this.#drawn !== text && !(await this.#open(text))) return this.#see(false);
    this.#see(true);
    this.changed();
    this.#drawing.fit();
    if (this.#path.length > 0) this.#drawing.mark(this.#path);
  }

  async #open(text: string): Promise<boolean> {
    this.#drawn = null;
    const document = parsed(text);
    if (isMalformed(document)) {
      this.#say(this.words("bad_xml", { ...document }));
      return false;
    }
    if (!this.page.isFormat(document)) {
      this.#say(this.words(this.page.wrongFormat));
      return false;
    }
    try {
      await this.#drawing.open(text);
      return await this.#keepsAll(document, text);
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      this.#say(/no diagram to display/.test(why) ? this.words("no_drawing") : this.words("cannot_open", { why }));
      return false;
    }
  }

  /** Saves at once what was opened: what the modeler would drop must not be edited with it. */
  async #keepsAll(before: Document, text: string): Promise<boolean> {
    const after = parsed(await this.#drawing.save());
    const missing = isMalformed(after) ? [after.why] : lost(before, after, this.#drawing.defaults());
    if (missing.length > 0) {
      const what = missing.slice(0, 3).join("; ") + (missing.length > 3 ? "; …" : "");
      this.#say(this.words("would_lose", { what }));
      return false;
    }
    this.#say("");
    this.#hint.textContent = hasComments(before) ? this.words("comments") : "";
    this.#drawn = text;
    return true;
  }

  /** Writes the drawing into the source and shows that. */
  async showSource(): Promise<void> {
    if (this.#isDrawn() && !(await this.#write())) return;
    this.#see(false);
  }

  /** Into the textarea what was changed in the drawing; a file nobody changed keeps every byte. */
  async #write(): Promise<boolean> {
    this.#drawing.commit();
    if (!this.#drawing.touched) return true;
    try {
      const saved = (await this.#drawing.save()).replaceAll(" />", "/>").replace(/(<\?xml[^>]*\?>)\s*/, "$1\n");
      this.#area.value = keepLines(this.#initial, saved, this.#drawing.defaults());
    } catch (fault) {
      this.#say(this.words("cannot_save", { why: fault instanceof Error ? fault.message : String(fault) }));
      return false;
    }
    this.#drawn = this.#area.value;
    return true;
  }

  async #submit(event: SubmitEvent, form: HTMLFormElement): Promise<void> {
    if (event.submitter && this.root.contains(event.submitter)) return event.preventDefault(); // a button of the modeler
    if (this.#written || !this.#isDrawn()) {
      this.#written = false;
      this.#leaving = !event.defaultPrevented;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    if (!(await this.#write())) return;
    this.#written = true;
    setTimeout(() => form.requestSubmit(submitter)); // not within the event that was just stopped: a form sends nothing then
  }

  /** A finding: its element in the drawing, or its line in the source. */
  show(element: string, line: number): void {
    if (this.#isDrawn() && element !== "" && this.#drawing.select(element)) return;
    void this.showSource().then(() => goToLine(this.#area, line || this.#lineOf(element)));
  }

  #lineOf(id: string): number {
    const at = this.#area.value.indexOf(`id="${id}"`);
    return at < 0 ? 1 : this.#area.value.slice(0, at).split("\n").length;
  }

  #see(drawing: boolean): void {
    this.#body.hidden = !drawing;
    this.#area.hidden = drawing;
    for (const label of this.#area.labels) label.hidden = drawing;
    this.root.classList.toggle("is-drawn", drawing);
    if (!drawing) this.root.classList.remove("is-tall");
    this.#tools.get("drawing")?.setAttribute("aria-pressed", String(drawing));
    this.#tools.get("source")?.setAttribute("aria-pressed", String(!drawing));
    this.#hint.hidden = !drawing || this.#hint.textContent === "";
  }

  #toggleTall(): void {
    this.root.classList.toggle("is-tall");
    this.#tools.get("tall")?.setAttribute("aria-pressed", String(this.root.classList.contains("is-tall")));
  }

  #say(words: string): void {
    this.#fault.textContent = words;
    this.#fault.hidden = words === "";
  }
}
