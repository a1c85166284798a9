import Modeler from "bpmn-js/lib/Modeler";
import type { Element as Shape } from "bpmn-js/lib/model/Types";
import { isNarrow, make } from "./dom";
import { extension } from "./extension";
import { defaultsOf } from "./meaning";
import { Panel } from "./panel";
import type { Drawing, Host } from "./shell";
import { panByTouch } from "./touch";
import { translation } from "./words";
import { bpmnWords } from "./words_bpmn";

type Service<T = any> = T; // The types of diagram-js say little about its services; what is used is used in this file and the panel.

/** What the engine does not execute is not offered; docs/standards/bpmn-extension.md. */
class OnlyExecuted {
  static $inject = ["popupMenu"];
  constructor(popupMenu: Service) {
    popupMenu.registerProvider("bpmn-replace", 500, this);
  }
  getPopupMenuEntries(): (entries: Record<string, unknown>) => Record<string, unknown> {
    return (entries) => {
      delete entries["replace-with-complex-gateway"];
      return entries;
    };
  }
}

/** A process in bpmn-js, with our panel beside it. */
export class Process implements Drawing {
  readonly label = "drawing";
  #modeler: Modeler;
  #panel: Panel;
  #touched = false;
  #marked: string[] = [];

  constructor(
    canvas: HTMLElement,
    panel: HTMLElement,
    private host: Host,
  ) {
    this.#modeler = new Modeler({
      container: canvas,
      keyboard: { bindTo: host.root },
      moddleExtensions: { ta: extension },
      bpmnRenderer: { defaultFillColor: "var(--surface)", defaultStrokeColor: "var(--editor-line)", defaultLabelColor: "var(--ink)" },
      textRenderer: {
        defaultStyle: { fontFamily: '"Be Vietnam Pro", sans-serif', fontSize: 12, lineHeight: 1.3 },
        externalStyle: { fontSize: 12, lineHeight: 1.3 },
      },
      additionalModules: [
        translation(host.language, bpmnWords),
        { __init__: ["onlyExecuted"], onlyExecuted: ["type", OnlyExecuted] },
      ],
    } as object);
    this.#panel = new Panel(panel, this.#modeler, host.words);
    this.#modeler.on("commandStack.changed", () => {
      this.#touched = true;
      host.changed();
    });
    panByTouch(canvas, this.#get("canvas"));
  }

  #get(name: string): Service {
    return this.#modeler.get(name);
  }

  async open(xml: string): Promise<void> {
    await document.fonts.load('12px "Be Vietnam Pro"');
    await this.#modeler.importXML(xml);
    this.#touched = false;
    if (isNarrow()) this.#get("palette").close();
    this.#panel.show();
  }

  get touched(): boolean {
    return this.#touched;
  }

  async save(): Promise<string> {
    this.#panel.commit();
    const { xml } = await this.#modeler.saveXML({ format: true });
    return xml ?? "";
  }

  defaults(): Set<string> {
    return defaultsOf(this.#get("moddle").getPackages());
  }

  commit(): void {
    this.#panel.commit();
  }

  undo(): void {
    this.#get("commandStack").undo();
  }

  redo(): void {
    this.#get("commandStack").redo();
  }

  get canUndo(): boolean {
    return this.#get("commandStack").canUndo();
  }

  get canRedo(): boolean {
    return this.#get("commandStack").canRedo();
  }

  readonly isDiagram = true;

  togglePalette(): void {
    this.#get("palette").toggle();
  }

  zoom(step: number): void {
    const canvas = this.#get("canvas");
    canvas.zoom(Math.min(4, Math.max(0.1, canvas.zoom() * (step > 0 ? 1.25 : 0.8))), "auto");
  }

  resized(): void {
    this.#get("canvas").resized();
  }

  /** All of it, but never so small that nothing can be read: then the beginning. */
  fit(): void {
    const canvas = this.#get("canvas");
    canvas.resized();
    if (canvas.viewbox().outer.width < 1) return;
    canvas.zoom("fit-viewport", "auto");
    const { outer, inner } = canvas.viewbox();
    if (canvas.zoom() >= 0.35) return;
    const scale = 0.6;
    canvas.viewbox({ x: inner.x - 70 / scale, y: inner.y - 20, width: outer.width / scale, height: outer.height / scale });
  }

  whole(): void {
    const canvas = this.#get("canvas");
    canvas.resized();
    canvas.zoom("fit-viewport", "auto");
  }

  select(id: string): boolean {
    const shape: Shape | undefined = this.#get("elementRegistry").get(id);
    if (!shape) return false;
    const canvas = this.#get("canvas");
    const root = canvas.findRoot(shape);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    if (canvas.zoom() < 0.8) canvas.zoom(1);
    if (shape !== root) canvas.scrollToElement(shape, 120);
    this.#get("selection").select(shape);
    this.host.root.scrollIntoView({ block: "nearest" });
    return true;
  }

  mark(ids: string[]): void {
    const canvas = this.#get("canvas");
    const overlays = this.#get("overlays");
    const registry = this.#get("elementRegistry");
    for (const id of this.#marked) if (registry.get(id)) canvas.removeMarker(id, "on-path");
    overlays.remove({ type: "path" });
    this.#marked = ids.filter((id) => registry.get(id));
    const numbers = new Map<string, number[]>();
    this.#marked.forEach((id, at) => numbers.set(id, [...(numbers.get(id) ?? []), at + 1]));
    for (const [id, all] of numbers) {
      canvas.addMarker(id, "on-path");
      const html = make("span", { class: "path-number" }, all.join(", "));
      overlays.add(id, "path", { position: { top: -12, left: -12 }, html, scale: { min: 0.8, max: 1.2 } });
    }
    const first = registry.get(this.#marked[0]);
    if (!first) return;
    if (canvas.zoom() < 0.8) canvas.zoom(1);
    canvas.scrollToElement(first, 120);
  }
}
