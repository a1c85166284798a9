// dmn-js comes without types; these are the parts the editor uses.
declare module "dmn-js/lib/Modeler" {
  export interface View {
    type: "drd" | "decisionTable" | "literalExpression" | "boxedExpression";
    element: { id: string; name?: string };
  }
  export interface Viewer {
    get(name: string, strict?: boolean): any;
    on(event: string, callback: () => void): void;
  }
  export default class Modeler {
    constructor(options: object);
    _moddle: any;
    importXML(xml: string): Promise<{ warnings: string[] }>;
    saveXML(options: { format: boolean }): Promise<{ xml: string }>;
    getViews(): View[];
    getActiveView(): View | undefined;
    getActiveViewer(): Viewer | undefined;
    open(view: View): Promise<unknown>;
    on(event: string, callback: () => void): void;
  }
}
