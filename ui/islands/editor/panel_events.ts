import { isA, type ModdleElement } from "./model";
import type { Field, Group } from "./panel";
import { expressionField, extensionField, type Part, partField } from "./panel_fields";
import type { Word } from "./words";

// What waits, and what is waited for: timers, messages, signals, errors, conditions, loops.

interface Reference {
  property: string;
  type: string;
  title: Word;
}
const references: Record<string, Reference> = {
  "bpmn:MessageEventDefinition": { property: "messageRef", type: "bpmn:Message", title: "message" },
  "bpmn:SignalEventDefinition": { property: "signalRef", type: "bpmn:Signal", title: "signal" },
  "bpmn:ErrorEventDefinition": { property: "errorRef", type: "bpmn:Error", title: "error" },
  "bpmn:EscalationEventDefinition": { property: "escalationRef", type: "bpmn:Escalation", title: "escalation" },
};

export function eventGroups(part: Part): Group[] {
  const { element } = part;
  const groups: Group[] = [];
  if (isA(element, "ReceiveTask")) groups.push(reference(part, element, references["bpmn:MessageEventDefinition"], ""));
  const definitions: ModdleElement[] = element.eventDefinitions ?? [];
  definitions.forEach((definition, at) => groups.push(...definitionGroup(part, definition, at === 0 ? "" : `-${at}`)));
  if (element.loopCharacteristics && isA(element.loopCharacteristics, "MultiInstanceLoopCharacteristics")) groups.push(loop(part));
  return groups;
}

function definitionGroup(part: Part, definition: ModdleElement, suffix: string): Group[] {
  if (isA(definition, "TimerEventDefinition")) return [timer(part, definition, suffix)];
  if (isA(definition, "ConditionalEventDefinition")) {
    const field = expressionField(part, definition, `event-condition${suffix}`, part.words("condition"), "condition");
    return [{ key: "event", title: part.words("condition"), fields: [field] }];
  }
  const known = references[definition.$type];
  return known ? [reference(part, definition, known, suffix)] : [];
}

const times = ["timeDuration", "timeDate", "timeCycle"] as const;

function timer(part: Part, definition: ModdleElement, suffix: string): Group {
  const { shape, model, words } = part;
  const kind = times.find((name) => definition[name]) ?? "timeDuration";
  const put = (name: string, value: string): void => {
    const made = value === "" ? undefined : model.create("bpmn:FormalExpression", { body: value });
    if (made) made.$parent = definition;
    const none = Object.fromEntries(times.map((time) => [time, undefined]));
    model.set(shape, definition, { ...none, [name]: made });
  };
  const value: string = definition[kind]?.body ?? "";
  const fields: Field[] = [
    {
      key: `timer-kind${suffix}`,
      label: words("timer_kind"),
      value: kind,
      options: [
        { value: "timeDuration", text: words("time_duration") },
        { value: "timeDate", text: words("time_date") },
        { value: "timeCycle", text: words("time_cycle") },
      ],
      set: (name) => put(name, value || "P1D"),
    },
    { key: `timer-value${suffix}`, label: words("value"), value, code: true, hint: words("duration_hint"), set: (text) => put(kind, text) },
    extensionField(part, words("calendar"), "Timer", "calendar", { code: true, hint: words("calendar_hint"), suggestions: ["counted", "reception"] }),
  ];
  return { key: "timer", title: words("timer"), fields };
}

/** Which message, signal or error it is; its name can be changed here for all who refer to it. */
function reference(part: Part, of: ModdleElement, known: Reference, suffix: string): Group {
  const { shape, element, model, words } = part;
  const there: ModdleElement | undefined = of[known.property];
  const options = model.definitions(known.type).map((one) => ({ value: one.id, text: one.name ? `${one.name} (${one.id})` : one.id }));
  const choose = (id: string): void => {
    if (id === "+") return model.addDefinition(shape, of, known.property, known.type);
    const chosen = model.definitions(known.type).find((one) => one.id === id);
    model.set(shape, of, { [known.property]: chosen });
  };
  const fields: Field[] = [
    {
      key: `which${suffix}`,
      label: words("which"),
      value: there?.id ?? "",
      options: [{ value: "", text: words("none") }, ...options, { value: "+", text: words("new_one") }],
      set: choose,
    },
  ];
  if (there) fields.push(partField(part, there, `reference-name${suffix}`, words("message_name"), "name", { code: true }));
  const codes: Record<string, string> = { "bpmn:Error": "errorCode", "bpmn:Escalation": "escalationCode" };
  const code = codes[known.type];
  if (there && code) fields.push(partField(part, there, `reference-code${suffix}`, words("code"), code, { code: true }));
  const catches = isA(element, "CatchEvent", "ReceiveTask");
  if (known.type === "bpmn:Message" && catches) fields.push(extensionField(part, words("correlate"), "Correlate", "body", { code: true }));
  return { key: "event", title: words(known.title), fields };
}

function loop(part: Part): Group {
  const { element, words } = part;
  return {
    key: "loop",
    title: words("loop"),
    fields: [
      extensionField(part, words("each_as"), "Each", "as", { code: true }),
      extensionField(part, words("each_list"), "Each", "body", { code: true, long: true }),
      extensionField(part, words("collect_into"), "Collect", "into", { code: true }),
      extensionField(part, words("collect"), "Collect", "body", { code: true, long: true }),
      expressionField(part, element.loopCharacteristics, "completion", words("completion"), "completionCondition"),
    ],
  };
}
