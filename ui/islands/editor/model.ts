import type Modeler from "bpmn-js/lib/Modeler";
import type { Element as Shape, ModdleElement } from "bpmn-js/lib/model/Types";

// Reading and changing the elements of a process; every change is one step that can be undone.
export type { ModdleElement, Shape };

export class Model {
  constructor(private modeler: Modeler) {}

  #get(name: string): any {
    return this.modeler.get(name);
  }

  /** What the modeler says, in the language of the page. */
  translate(words: string): string {
    return this.#get("translate")(words);
  }

  get shapes(): Shape[] {
    return this.#get("elementRegistry").filter((shape: Shape & { labelTarget?: Shape }) => !shape.labelTarget);
  }

  get selected(): Shape[] {
    return this.#get("selection").get();
  }

  get root(): Shape {
    return this.#get("canvas").getRootElement();
  }

  create(type: string, properties: object = {}): ModdleElement {
    return this.#get("bpmnFactory").create(type, properties);
  }

  /** Sets properties of the element of `shape` itself: name, id, default and what else the drawing shows. */
  setOwn(shape: Shape, properties: object): void {
    this.#get("modeling").updateProperties(shape, properties);
  }

  /** Sets properties of something below the element of `shape`. */
  set(shape: Shape, of: ModdleElement, properties: object): void {
    this.#get("modeling").updateModdleProperties(shape, of, properties);
  }

  isTaken(id: string): boolean {
    return Boolean(this.#get("moddle").ids.assigned(id));
  }

  /** The definitions of one type in the file: messages, signals, errors. */
  definitions(type: string): ModdleElement[] {
    return this.#definitions().rootElements.filter((element: ModdleElement) => element.$type === type);
  }

  #definitions(): ModdleElement {
    return this.modeler.getDefinitions() as ModdleElement;
  }

  /** Makes a definition and refers to it from `of`, as one step. */
  addDefinition(shape: Shape, of: ModdleElement, property: string, type: string): void {
    const made = this.create(type, {});
    made.id = this.#get("moddle").ids.nextPrefixed(`${type.slice(5).toLowerCase()}_`, made);
    made.name = made.id;
    const definitions = this.#definitions();
    made.$parent = definitions;
    definitions.rootElements.push(made); // an undone step leaves it behind unused, which harms nobody
    this.set(shape, of, { [property]: made });
  }

  /** What stands in the extension elements under one of our names ("Outcome"). */
  extensions(owner: ModdleElement, name: string): ModdleElement[] {
    const values: ModdleElement[] = owner.extensionElements?.values ?? [];
    return values.filter((value) => value.$type === `ta:${name}`);
  }

  add(shape: Shape, owner: ModdleElement, name: string, properties: object = {}): void {
    const made = this.create(`ta:${name}`, properties);
    const values: ModdleElement[] = owner.extensionElements?.values ?? [];
    const last = values.map((value) => value.$type).lastIndexOf(made.$type);
    const at = last < 0 ? values.length : last + 1;
    this.#setValues(shape, owner, [...values.slice(0, at), made, ...values.slice(at)]);
  }

  remove(shape: Shape, owner: ModdleElement, gone: ModdleElement): void {
    this.#setValues(shape, owner, owner.extensionElements.values.filter((value: ModdleElement) => value !== gone));
  }

  /** The extensions of one name, all made anew from `all`. */
  replaceAll(shape: Shape, owner: ModdleElement, name: string, all: object[]): void {
    const values: ModdleElement[] = owner.extensionElements?.values ?? [];
    const first = values.findIndex((value) => value.$type === `ta:${name}`);
    const rest = values.filter((value) => value.$type !== `ta:${name}`);
    const at = first < 0 ? rest.length : first;
    const made = all.map((properties) => this.create(`ta:${name}`, properties));
    this.#setValues(shape, owner, [...rest.slice(0, at), ...made, ...rest.slice(at)]);
  }

  shapeOf(element: ModdleElement): Shape | undefined {
    return this.#get("elementRegistry").get(element.id);
  }

  /** Puts `moved` before the one of its type that stands before it. */
  moveUp(shape: Shape, owner: ModdleElement, moved: ModdleElement): void {
    const values: ModdleElement[] = [...owner.extensionElements.values];
    const from = values.indexOf(moved);
    const to = values.slice(0, from).map((value) => value.$type).lastIndexOf(moved.$type);
    if (to < 0) return;
    [values[from], values[to]] = [values[to], values[from]];
    this.#setValues(shape, owner, values);
  }

  #setValues(shape: Shape, owner: ModdleElement, values: ModdleElement[]): void {
    if (values.length === 0) return this.set(shape, owner, { extensionElements: undefined });
    const extensionElements = this.create("bpmn:ExtensionElements", { values });
    extensionElements.$parent = owner;
    for (const value of values) value.$parent = extensionElements;
    this.set(shape, owner, { extensionElements });
  }

  /** One attribute (or the text, "body") of the single extension `name`; made when first set, removed when nothing is left in it. */
  attribute(owner: ModdleElement, name: string, attribute: string): string {
    return this.extensions(owner, name)[0]?.[attribute] ?? "";
  }

  setAttribute(shape: Shape, owner: ModdleElement, name: string, attribute: string, value: string): void {
    const [there] = this.extensions(owner, name);
    const properties = { [attribute]: value || undefined };
    if (!there) {
      if (value !== "") this.add(shape, owner, name, properties);
    } else if (value === "" && isOnly(there, attribute)) this.remove(shape, owner, there);
    else this.set(shape, there, properties);
  }
}

function isOnly(element: ModdleElement, attribute: string): boolean {
  const properties: { name: string }[] = element.$descriptor.properties;
  return properties.every(({ name }) => {
    const local = name.replace(/^.*:/, "");
    const value = element[local];
    return local === attribute || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  });
}

export const isA = (element: ModdleElement, ...types: string[]): boolean => types.some((type) => element.$instanceOf(`bpmn:${type}`));
