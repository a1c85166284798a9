// Islands of the desk: those of the portal, and the queue with its keys.
import "./portal";
import { Queue } from "./queue";
import { slashFocuses } from "./suggest";

customElements.define("ta-queue", Queue);
if (document.documentElement.dataset.keys !== "off") slashFocuses(document.querySelector<HTMLInputElement>(".omni input"));
