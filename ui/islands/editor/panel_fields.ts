import type { Model, ModdleElement, Shape } from "./model";
import type { Field } from "./panel";
import type { Words } from "./words";

// Fields that read and write one place of the model.

/** What the groups of one element are made of. */
export interface Part {
  shape: Shape;
  element: ModdleElement;
  model: Model;
  words: Words;
}

type Options = Pick<Field, "hint" | "long" | "code" | "suggestions">;

/** A field of a single extension element: its attribute, or its text when `attribute` is "body". */
export function extensionField(part: Part, label: string, name: string, attribute: string, options: Options = {}): Field {
  const { shape, element, model } = part;
  return {
    key: `${name}-${attribute}`,
    label,
    value: model.attribute(element, name, attribute),
    set: (value) => model.setAttribute(shape, element, name, attribute, value),
    ...options,
  };
}

/** A field of any element of the model. */
export function partField(part: Part, of: ModdleElement, key: string, label: string, property: string, options: Options = {}): Field {
  return {
    key,
    label,
    value: of[property] ?? "",
    set: (value) => part.model.set(part.shape, of, { [property]: value || undefined }),
    ...options,
  };
}

/** A formal expression below `of`; an empty one is taken away. */
export function expressionField(part: Part, of: ModdleElement, key: string, label: string, property: string, hint?: string): Field {
  const { shape, element, model } = part;
  return {
    key,
    label,
    hint,
    code: true,
    long: true,
    value: of[property]?.body ?? "",
    set: (value) => {
      const made = value === "" ? undefined : model.create("bpmn:FormalExpression", { body: value });
      if (made) made.$parent = of;
      if (of === element) model.setOwn(shape, { [property]: made });
      else model.set(shape, of, { [property]: made });
    },
  };
}
