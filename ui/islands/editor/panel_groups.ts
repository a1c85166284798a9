import { isA, type Model, type ModdleElement, type Shape } from "./model";
import type { Field, Group, Item } from "./panel";
import { eventGroups } from "./panel_events";
import { expressionField, extensionField, type Part, partField } from "./panel_fields";
import type { Words } from "./words";

// Which properties an element has: docs/standards/bpmn-extension.md, one group for each row of its table.

export function groupsOf(shape: Shape, model: Model, words: Words): Group[] {
  const element: ModdleElement = shape.businessObject;
  const part = { shape, element, model, words };
  const process = processOf(element);
  if (process) return [general(part), ...processGroups({ ...part, element: process })];
  return [general(part), ...nodeGroups(part)];
}

/** A pool stands for its process; so does the sheet itself when there is no pool. */
function processOf(element: ModdleElement): ModdleElement | undefined {
  if (isA(element, "Process")) return element;
  return isA(element, "Participant") ? element.processRef : undefined;
}

function nodeGroups(part: Part): Group[] {
  const { element } = part;
  const groups: Group[] = [];
  if (isA(element, "UserTask")) groups.push(task(part), outcomes(part), budget(part));
  if (isA(element, "Lane")) groups.push(lane(part));
  if (isA(element, "ServiceTask", "SendTask", "ThrowEvent")) groups.push(...action(part));
  if (isA(element, "BusinessRuleTask")) groups.push(decision(part));
  if (isA(element, "ScriptTask")) groups.push(script(part));
  if (isA(element, "CallActivity")) groups.push(...call(part));
  if (isA(element, "SequenceFlow")) groups.push(flow(part));
  groups.push(...eventGroups(part));
  if (isA(element, "FlowNode")) groups.push(publicLabel(part), sets(part), clocks(part));
  return groups;
}

function general(part: Part): Group {
  const { shape, element, model, words } = part;
  const setId = (value: string): string | void => {
    const isGood = /^[A-Za-z_][\w-]*$/.test(value) && !model.isTaken(value);
    if (!isGood) return words("bad_id");
    model.setOwn(shape, { id: value });
  };
  const property = isA(element, "TextAnnotation") ? "text" : "name";
  const fields: Field[] = [
    { key: "id", label: words("id"), value: element.id, set: setId, code: true },
    { key: "name", label: words("name"), value: element[property] ?? "", set: (value) => model.setOwn(shape, { [property]: value || undefined }) },
  ];
  if (isA(element, "Lane", "FlowNode", "SequenceFlow", "Process")) fields.push(extensionField(part, words("name_en"), "Name", "en"));
  return { key: "general", title: model.translate(typeTitle(element)), fields };
}

/** "User task" of a bpmn:UserTask. */
const typeTitle = (element: ModdleElement): string =>
  element.$type.replace("bpmn:", "").replace(/([a-z])([A-Z])/g, (_all: string, end: string, start: string) => `${end} ${start.toLowerCase()}`);

function processGroups(part: Part): Group[] {
  const { shape, element, model, words } = part;
  const own: Field[] = isA(shape.businessObject, "Participant")
    ? [partField(part, element, "process-name", words("name"), "name"), extensionField(part, words("name_en"), "Name", "en")]
    : [];
  const executable: Field = {
    key: "executable",
    label: words("executable"),
    value: Boolean(element.isExecutable),
    set: (_, isTicked) => model.set(shape, element, { isExecutable: isTicked }),
  };
  const limits = budget(part);
  return [
    { key: "process", title: words("process"), fields: [...own, executable] },
    list(part, "Variable", "variables", "variable_n", "add_variable", (item, key) => [
      partField(part, item, `${key}-name`, words("name"), "name", { code: true }),
      partField(part, item, `${key}-type`, words("type"), "type", { code: true, suggestions: ["string", "number", "boolean", "date"] }),
    ]),
    { ...limits, title: words("process_budget") },
  ];
}

type ListWord = "variables" | "outcomes" | "sets" | "clocks";
type ItemWord = "variable_n" | "outcome" | "set_n" | "clock_n";
type AddWord = "add_variable" | "add_outcome" | "add_set" | "add_clock";

/** A group of extension elements of one name. */
function list(part: Part, name: string, title: ListWord, item: ItemWord, add: AddWord, fields: (item: ModdleElement, key: string) => Field[]): Group {
  const { shape, element, model, words } = part;
  const items = model.extensions(element, name).map((value, at): Item => ({
    title: words(item, { number: at + 1 }),
    fields: fields(value, `${name}-${at}`),
    remove: () => model.remove(shape, element, value),
    up: at > 0 ? () => model.moveUp(shape, element, value) : undefined,
  }));
  return { key: title, title: words(title), items, add: { label: words(add), run: () => model.add(shape, element, name) } };
}

function task(part: Part): Group {
  const { element, model, words } = part;
  const ids = model.shapes.filter((shape) => isA(shape.businessObject, "UserTask") && shape.businessObject !== element).map(({ id }) => id);
  return {
    key: "task",
    title: words("task"),
    fields: [
      extensionField(part, words("candidates"), "Candidates", "body", { code: true, long: true, hint: words("candidates_hint") }),
      extensionField(part, words("form"), "Form", "ref", { code: true }),
      notSameAs(part),
      extensionField(part, words("returns"), "Returns", "to", { code: true, hint: words("ids_hint"), suggestions: ids }),
    ],
  };
}

/** Several elements with one task each, edited as one list of ids. */
function notSameAs(part: Part): Field {
  const { shape, element, model, words } = part;
  const there = model.extensions(element, "NotSameAs");
  return {
    key: "not-same-as",
    label: words("not_same_as"),
    value: there.map((value) => value.task).join(" "),
    hint: words("ids_hint"),
    code: true,
    set: (value) => model.replaceAll(shape, element, "NotSameAs", value.split(/[\s,]+/).filter(Boolean).map((id) => ({ task: id }))),
  };
}

function outcomes(part: Part): Group {
  const { shape, model, words } = part;
  return list(part, "Outcome", "outcomes", "outcome", "add_outcome", (item, key) => [
    partField(part, item, `${key}-name`, words("id"), "name", { code: true }),
    partField(part, item, `${key}-vi`, words("vi"), "vi"),
    partField(part, item, `${key}-en`, words("en"), "en"),
    {
      key: `${key}-reason`,
      label: words("needs_reason"),
      value: item.reason === true,
      set: (_, isTicked) => model.set(shape, item, { reason: isTicked || undefined }),
    },
  ]);
}

function budget(part: Part): Group {
  const { words } = part;
  const calendars = ["counted", "reception"];
  return {
    key: "budget",
    title: words("budget"),
    fields: [
      extensionField(part, words("duration"), "Budget", "body", { code: true, hint: words("duration_hint") }),
      extensionField(part, words("calendar"), "Budget", "calendar", { code: true, hint: words("calendar_hint"), suggestions: calendars }),
      extensionField(part, words("cutoff"), "Budget", "cutoff", { code: true, hint: words("cutoff_hint") }),
      extensionField(part, words("rungs"), "Rungs", "body", { code: true, hint: words("rungs_hint") }),
    ],
  };
}

function lane(part: Part): Group {
  const hint = part.words("lane_candidates_hint");
  return {
    key: "task",
    title: part.words("candidates"),
    fields: [extensionField(part, part.words("candidates"), "Candidates", "body", { code: true, long: true, hint })],
  };
}

function publicLabel(part: Part): Group {
  const { words } = part;
  return {
    key: "label",
    title: words("public_label"),
    fields: [extensionField(part, words("vi"), "Label", "vi"), extensionField(part, words("en"), "Label", "en")],
  };
}

function action(part: Part): Group[] {
  const { shape, element, model, words } = part;
  const [there] = model.extensions(element, "Action");
  const mode: Field = {
    key: "Action-mode",
    label: words("mode"),
    value: there?.mode === "outbox" ? "outbox" : "local",
    options: [
      { value: "local", text: words("mode_local") },
      { value: "outbox", text: words("mode_outbox") },
    ],
    set: (value) => model.setAttribute(shape, element, "Action", "mode", value),
  };
  const name = extensionField(part, words("action_name"), "Action", "name", { code: true });
  const groups: Group[] = [{ key: "action", title: words("action"), fields: there ? [name, mode] : [name] }];
  if (there) groups.push(...mappings(part, there));
  return groups;
}

/** What goes into an action or a called process, and what comes out of it. */
function mappings(part: Part, holder: ModdleElement): Group[] {
  return [mapping(part, holder, "inputs"), mapping(part, holder, "outputs")];
}

function mapping(part: Part, holder: ModdleElement, side: "inputs" | "outputs"): Group {
  const { shape, model, words } = part;
  const isInput = side === "inputs";
  const there: ModdleElement[] = holder[side] ?? [];
  const put = (values: ModdleElement[]): void => {
    for (const value of values) value.$parent = holder;
    model.set(shape, holder, { [side]: values });
  };
  const items = there.map((item, at): Item => ({
    title: words(isInput ? "input" : "output", { number: at + 1 }),
    remove: () => put(there.filter((other) => other !== item)),
    fields: [
      partField(part, item, `${side}-${at}-name`, words(isInput ? "name" : "variable"), "name", { code: true }),
      isInput
        ? partField(part, item, `${side}-${at}-body`, words("expression"), "body", { code: true, long: true })
        : partField(part, item, `${side}-${at}-from`, words("from"), "from", { code: true, hint: words("from_hint") }),
    ],
  }));
  const run = (): void => put([...there, model.create(isInput ? "ta:In" : "ta:Out")]);
  return { key: side, title: words(side), items, add: { label: words(isInput ? "add_input" : "add_output"), run } };
}

function decision(part: Part): Group {
  const { words } = part;
  return {
    key: "decision",
    title: words("decision"),
    fields: [
      extensionField(part, words("decision_ref"), "Decision", "ref", { code: true }),
      extensionField(part, words("into"), "Decision", "into", { code: true }),
    ],
  };
}

function script(part: Part): Group {
  const { element, words } = part;
  return {
    key: "decision",
    title: words("script"),
    fields: [
      partField(part, element, "script", words("expression"), "script", { code: true, long: true }),
      extensionField(part, words("into"), "Result", "into", { code: true }),
    ],
  };
}

/** The mappings of a call stand in the extension elements themselves. */
function call(part: Part): Group[] {
  const { shape, element, model, words } = part;
  const called = partField(part, element, "called", words("called"), "calledElement", { code: true });
  const side = (name: "In" | "Out"): Group => {
    const isInput = name === "In";
    const items = model.extensions(element, name).map((item, at): Item => ({
      title: words(isInput ? "input" : "output", { number: at + 1 }),
      remove: () => model.remove(shape, element, item),
      fields: [
        partField(part, item, `${name}-${at}-name`, words(isInput ? "name" : "variable"), "name", { code: true }),
        partField(part, item, `${name}-${at}-value`, words(isInput ? "expression" : "from"), isInput ? "body" : "from", { code: true }),
      ],
    }));
    const add = { label: words(isInput ? "add_input" : "add_output"), run: () => model.add(shape, element, name) };
    return { key: isInput ? "inputs" : "outputs", title: words(isInput ? "inputs" : "outputs"), items, add };
  };
  return [{ key: "action", title: words("call"), fields: [called] }, side("In"), side("Out")];
}

function flow(part: Part): Group {
  const { shape, element, model, words } = part;
  const source: ModdleElement = element.sourceRef;
  const fields: Field[] = [expressionField(part, element, "condition", words("condition"), "conditionExpression", words("condition_hint"))];
  if (isA(source, "ExclusiveGateway", "InclusiveGateway", "Activity"))
    fields.push({
      key: "default",
      label: words("default_flow"),
      hint: words("default_hint"),
      value: source.default === element,
      set: (_, isTicked) => model.setOwn(model.shapeOf(source) ?? shape, { default: isTicked ? element : undefined }),
    });
  return { key: "flow", title: words("flow"), fields };
}

function sets(part: Part): Group {
  const { words } = part;
  return list(part, "Set", "sets", "set_n", "add_set", (item, key) => [
    partField(part, item, `${key}-name`, words("variable"), "name", { code: true }),
    partField(part, item, `${key}-body`, words("expression"), "body", { code: true, long: true }),
  ]);
}

function clocks(part: Part): Group {
  const { words } = part;
  const verbs = ["suspend", "resume", "restart", "extend", "stop"];
  return list(part, "Clock", "clocks", "clock_n", "add_clock", (item, key) => [
    partField(part, item, `${key}-verb`, words("verb"), "verb", { code: true, hint: words("verb_hint"), suggestions: verbs }),
    partField(part, item, `${key}-reason`, words("reason"), "reason", { code: true }),
    partField(part, item, `${key}-by`, words("by"), "by", { code: true, hint: words("duration_hint") }),
  ]);
}
