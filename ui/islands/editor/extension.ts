// What we add to BPMN 2.0, for the reader and writer of the modeler: docs/standards/bpmn-extension.md as typed objects.
const text = (name: string) => ({ name, isAttr: true, type: "String" });
const body = { name: "body", isBody: true, type: "String" };
const element = (name: string, ...properties: object[]) => ({ name, superClass: ["Element"], properties });

/** The moddle package of `urn:thien-an:bpmn`. */
export const extension = {
  name: "ThienAn",
  uri: "urn:thien-an:bpmn",
  prefix: "ta",
  xml: { tagAlias: "lowerCase" },
  associations: [],
  types: [
    element("Variable", text("name"), text("type")),
    element("Name", text("en")),
    element("Label", text("vi"), text("en")),
    element("Budget", text("calendar"), text("cutoff"), body),
    element("Candidates", body),
    element("Outcome", text("name"), text("vi"), text("en"), { name: "reason", isAttr: true, type: "Boolean" }),
    element("Form", text("ref")),
    element("NotSameAs", text("task")),
    element("Returns", text("to")),
    element(
      "Action",
      text("name"),
      text("mode"),
      { name: "inputs", type: "In", isMany: true },
      { name: "outputs", type: "Out", isMany: true },
    ),
    element("In", text("name"), body),
    element("Out", text("name"), text("from")),
    element("Decision", text("ref"), text("into")),
    element("Result", text("into")),
    element("Set", text("name"), body),
    element("Clock", text("verb"), text("reason"), text("by")),
    element("Correlate", body),
    element("Each", text("as"), body),
    element("Collect", text("into"), body),
    element("Timer", text("calendar")),
    element("Rungs", body),
  ],
};
