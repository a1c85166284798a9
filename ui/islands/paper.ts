// Official papers only need their print button.
import { Print } from "./print";

customElements.define("ta-print", Print);
