import "./adopted_styles";
import Modeler, { type View, type Viewer } from "dmn-js/lib/Modeler";
import { isNarrow, make } from "./dom";
import { defaultsOf } from "./meaning";
import type { Drawing, Host } from "./shell";
import { panByTouch } from "./touch";
import { translation } from "./words";
import { dmnWords } from "./words_dmn";

/** The decisions of a file in dmn-js: their diagram, tables and expressions, chosen by a list beside them. */
export class Decisions implements Drawing {
  readonly label = "table";
  #modeler: Modeler;
  #touched = false;
  #heard = new WeakSet<Viewer>();

  constructor(
    private canvas: HTMLElement,
    private panel: HTMLElement,
    private host: Host,
  ) {
    const additionalModules = [translation(host.language, dmnWords)];
    const colours = { defaultFillColor: "var(--surface)", defaultStrokeColor: "var(--editor-line)", defaultLabelColor: "var(--ink)" };
    this.#modeler = new Modeler({
      container: canvas,
      common: { keyboard: { bindTo: host.root } },
      drd: { additionalModules, drdRenderer: colours, textRenderer: { defaultStyle: { fontFamily: '"Be Vietnam Pro", sans-serif' } } },
      decisionTable: { additionalModules },
      literalExpression: { additionalModules },
      boxedExpression: { additionalModules },
    });
    panel.setAttribute("aria-label", host.words("decisions"));
    this.#modeler.on("views.changed", () => this.#seen());
    new MutationObserver(() => this.#nameColumns()).observe(canvas, { childList: true, subtree: true });
  }

  /** The column of the rules' numbers has no words of its own for who hears the table. */
  #nameColumns(): void {
    for (const head of this.canvas.querySelectorAll("th.index-column:empty")) head.append(make("span", { class: "vh" }, this.host.words("rule")));
  }

  async open(xml: string): Promise<void> {
    await this.#modeler.importXML(xml);
    // A file with tables is about them; the diagram is one press away.
    const table = this.#modeler.getViews().find((view) => view.type === "decisionTable");
    if (table) await this.#modeler.open(table);
    this.#touched = false;
    this.#seen();
  }

  get #viewer(): Viewer | undefined {
    return this.#modeler.getActiveViewer();
  }

  #commands(): { undo(): void; redo(): void; canUndo(): boolean; canRedo(): boolean } | undefined {
    return this.#viewer?.get("commandStack", false);
  }

  /** Every kind of view has its own commands to listen to, made when it is first opened. */
  #seen(): void {
    const viewer = this.#viewer;
    if (viewer && !this.#heard.has(viewer)) {
      this.#heard.add(viewer);
      viewer.on("commandStack.changed", () => this.#change());
      if (this.isDiagram) panByTouch(this.canvas, viewer.get("canvas"));
      if (this.isDiagram && isNarrow()) viewer.get("palette").close();
    }
    this.#list();
    this.host.changed();
  }

  #change(): void {
    this.#touched = true;
    this.#list();
    this.host.changed();
  }

  #list(): void {
    const active = this.#modeler.getActiveView();
    const items = this.#modeler.getViews().map((view) => {
      const isHere = view.element === active?.element;
      const button = make("button", { type: "button", class: "editor-decision", "aria-current": isHere ? "true" : undefined }, this.#title(view));
      button.addEventListener("click", () => void this.#go(view));
      return make("li", {}, button);
    });
    this.panel.replaceChildren(make("ul", { class: "editor-decisions" }, ...items));
  }

  async #go(view: View): Promise<void> {
    this.commit();
    await this.#modeler.open(view);
    this.panel.querySelector<HTMLElement>("[aria-current]")?.focus();
  }

  #title(view: View): string {
    if (view.type === "drd") return this.host.words("requirements");
    return view.element.name || view.element.id;
  }

  get touched(): boolean {
    return this.#touched;
  }

  async save(): Promise<string> {
    return (await this.#modeler.saveXML({ format: true })).xml;
  }

  defaults(): Set<string> {
    return defaultsOf(this.#modeler._moddle.getPackages());
  }

  /** A cell takes its text when it is left. */
  commit(): void {
    const typing = document.activeElement;
    if (typing instanceof HTMLElement && this.canvas.contains(typing)) typing.blur();
  }

  undo(): void {
    this.#commands()?.undo();
  }

  redo(): void {
    this.#commands()?.redo();
  }

  get canUndo(): boolean {
    return this.#commands()?.canUndo() ?? false;
  }

  get canRedo(): boolean {
    return this.#commands()?.canRedo() ?? false;
  }

  get isDiagram(): boolean {
    return this.#modeler.getActiveView()?.type === "drd";
  }

  togglePalette(): void {
    if (this.isDiagram) this.#viewer?.get("palette").toggle();
  }

  #drawn(): any {
    return this.isDiagram ? this.#viewer?.get("canvas") : undefined;
  }

  zoom(step: number): void {
    const canvas = this.#drawn();
    canvas?.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * (step > 0 ? 1.25 : 0.8))), "auto");
  }

  resized(): void {
    this.#drawn()?.resized();
  }

  fit(): void {
    const canvas = this.#drawn();
    if (!canvas) return;
    canvas.resized();
    if (canvas.viewbox().outer.width > 0) canvas.zoom("fit-viewport", "auto");
  }

  whole(): void {
    this.fit();
  }

  /** The view of the decision that has the element, with its rule or cell marked. */
  select(id: string): boolean {
    const decision = this.#decisionWith(id);
    const views = this.#modeler.getViews();
    const view = views.find(({ element, type }) => type !== "drd" && element.id === decision);
    const drd = views.find(({ type }) => type === "drd");
    const wanted = view ?? drd;
    if (!wanted) return false;
    void this.#modeler.open(wanted).then(() => this.#show(id));
    return true;
  }

  #decisionWith(id: string): string {
    let at = this.#modeler._moddle.ids.assigned(id) || undefined;
    while (at && !at.$instanceOf("dmn:Decision") && !at.$instanceOf("dmn:BusinessKnowledgeModel")) at = at.$parent;
    return at?.id ?? "";
  }

  #show(id: string): void {
    for (const marked of this.canvas.querySelectorAll(".is-found")) marked.classList.remove("is-found");
    const name = CSS.escape(id);
    const found = this.canvas.querySelector(`[data-element-id="${name}"], [data-row-id="${name}"], [data-col-id="${name}"]`);
    found?.classList.add("is-found");
    found?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.host.root.scrollIntoView({ block: "nearest" });
  }

  mark(ids: string[]): void {
    if (ids[0]) this.select(ids[0]);
  }
}
