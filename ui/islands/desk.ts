// Islands of the desk: those of the portal, and the queue with its keys.
import "./portal";
import { Queue } from "./queue";
import { slashFocuses } from "./suggest";
import { TypingKeys } from "./typing";

customElements.define("ta-queue", Queue);
customElements.define("ta-typing", TypingKeys);
// The server draws the "/" sign into the search field only when the person has the keys switched on.
if (document.querySelector(".omni kbd")) slashFocuses(document.querySelector<HTMLInputElement>(".omni input"));
