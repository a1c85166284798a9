// The page where an official edits a process, a decision or another file of a pack. Loaded beside desk.ts by that page alone.
import { goToLine, handleTabs, linkFindings } from "./editor/source";
import { type MakeDrawing, Shell } from "./editor/shell";
import { languageOf, wordsOf } from "./editor/words";

const bpmn = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const dmn = "https://www.omg.org/spec/DMN/20191111/MODEL/";
const isDefinitions = (uri: string) => (document: Document) =>
  document.documentElement.namespaceURI === uri && document.documentElement.localName === "definitions";

async function mount(root: HTMLElement): Promise<void> {
  const area = document.getElementById(root.dataset.for ?? "");
  if (!(area instanceof HTMLTextAreaElement)) return;
  const language = languageOf(root.dataset.language);
  const page = { root, area, language, words: wordsOf(language) };
  const findings = (area.form ?? document).querySelector("ul.findings");
  if (root.dataset.editor !== "bpmn" && root.dataset.editor !== "dmn") return mountText(area, findings);
  const isProcess = root.dataset.editor === "bpmn";
  const isFormat = isDefinitions(isProcess ? bpmn : dmn);
  try {
    const shell = isProcess
      ? new Shell({ ...page, isFormat, wrongFormat: "not_bpmn" }, await process())
      : new Shell({ ...page, isFormat, wrongFormat: "not_dmn" }, await decisions());
    await shell.showDrawing();
    linkFindings(findings, (element, line) => shell.show(element, line));
  } catch (fault) {
    root.replaceChildren(page.words("broken"));
    mountText(area, findings);
    throw fault;
  }
  root.dataset.ready = "true";
}

async function process(): Promise<MakeDrawing> {
  const { Process } = await import("./editor/bpmn");
  return (canvas, panel, host) => new Process(canvas, panel, host);
}

async function decisions(): Promise<MakeDrawing> {
  const { Decisions } = await import("./editor/dmn");
  return (canvas, panel, host) => new Decisions(canvas, panel, host);
}

function mountText(area: HTMLTextAreaElement, findings: Element | null): void {
  handleTabs(area);
  linkFindings(findings, (_, line) => goToLine(area, line));
}

for (const root of document.querySelectorAll<HTMLElement>(".editor[data-editor]")) void mount(root);
