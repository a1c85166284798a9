import { StyleModule } from "style-mod";

/**
 * CodeMirror, which dmn-js edits expressions with, writes its styles into a <style> element of the document, and the site's policy refuses those.
 * For a root without a head it adopts style sheets instead, which the policy allows, so it is given one that stands for the document.
 */
const mount = StyleModule.mount;
const standIn = {
  ownerDocument: document,
  get adoptedStyleSheets() {
    return document.adoptedStyleSheets;
  },
  set adoptedStyleSheets(sheets: CSSStyleSheet[]) {
    document.adoptedStyleSheets = sheets;
  },
} as unknown as ShadowRoot;
StyleModule.mount = (root, modules) => mount.call(StyleModule, root === document ? standIn : root, modules);
