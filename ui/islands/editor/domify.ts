/**
 * Stands in for the function of this name in min-dom when the editor is built (build.mjs): the same elements, but their styles are set through
 * the object model, because the site's policy refuses style attributes in markup. What the modelers make from markup comes through here.
 */
export default function domify(html: string): Element {
  const template = document.createElement("template");
  template.innerHTML = html.trim().replace(/(<[^<>]*\s)style=/g, "$1data-made-style=");
  const made = template.content.firstElementChild;
  if (!made) throw new Error("markup without an element");
  for (const element of [made, ...made.querySelectorAll<HTMLElement>("[data-made-style]")]) {
    if (!(element instanceof HTMLElement || element instanceof SVGElement)) continue;
    element.style.cssText = element.dataset.madeStyle ?? "";
    delete element.dataset.madeStyle;
  }
  made.remove();
  return document.importNode(made, true);
}
