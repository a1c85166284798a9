// Islands of the portal. Every page works without them; each improves one element.
import { Asked } from "./asked";
import { Autosave } from "./autosave";
import { Copy } from "./copy";
import { Errors } from "./errors";
import { Look } from "./look";
import { Print } from "./print";
import { Suggest } from "./suggest";
import { Upload } from "./upload";

customElements.define("ta-errors", Errors);
customElements.define("ta-look", Look);
customElements.define("ta-suggest", Suggest);
customElements.define("ta-upload", Upload);
customElements.define("ta-asked", Asked);
customElements.define("ta-autosave", Autosave);
customElements.define("ta-copy", Copy);
customElements.define("ta-print", Print);
