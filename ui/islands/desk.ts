// Islands of the desk: those of the portal, and the queue with its keys.
import "./portal";
import { Queue } from "./queue";
import { slashFocuses } from "./suggest";

customElements.define("ta-queue", Queue);
// The server draws the "/" sign into the search field only when the person has the keys switched on.
if (document.querySelector(".omni kbd")) slashFocuses(document.querySelector<HTMLInputElement>(".omni input"));
