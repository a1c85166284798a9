interface Slot { id: string; offset: number; done: boolean }

const chunkBytes = 512 * 1024;
const retryDelays = [1000, 2000, 5000, 10000, 20000];

const hex = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Sends files as soon as they are picked, in pieces, with a checksum, and goes on after a broken line.
 * `<ta-upload data-start="/api/v1/uploads" data-paper="birth_note" data-…texts>` around `<input type=file>` and `<ul data-files>`.
 * POST start {name,size,sha256,paper,csrf} -> 201 {"id","offset"}; PATCH start/id with Upload-Offset -> 204 Upload-Offset, or 201 {"id"} with
 * the last piece; HEAD start/id -> Upload-Offset. A finished file becomes `<input type=hidden name="{field}.id">`; the server then reads
 * the file by id. Without scripts the same input is sent with the form (multipart).
 */
export class Upload extends HTMLElement {
  #input!: HTMLInputElement;
  #list!: HTMLElement;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    const list = this.querySelector<HTMLElement>("[data-files]");
    if (!input || !list || !this.dataset.start || !("subtle" in crypto)) return;
    this.#input = input;
    this.#list = list;
    input.addEventListener("change", () => {
      for (const file of input.files ?? []) void this.#take(file);
    });
  }

  #say(row: HTMLElement, key: string, words: Record<string, string> = {}): void {
    const text = (this.dataset[key] ?? "").replace(/\[(\w+)\]/g, (_, name: string) => words[name] ?? "");
    row.querySelector("[role=status]")!.textContent = text;
  }

  async #take(file: File): Promise<void> {
    const row = this.#row(file);
    const most = Number(this.dataset.bytesMax ?? 0);
    if (most > 0 && file.size > most) return this.#say(row, "tooBig");
    try {
      this.#say(row, "checking");
      const sha256 = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      const id = await this.#send(file, sha256, row);
      this.#finish(row, id);
    } catch (fault) {
      this.#say(row, "failed", { why: (fault as Error).message });
    }
  }

  async #send(file: File, sha256: string, row: HTMLElement): Promise<string> {
    const slot = await this.#start(file, sha256);
    for (let failures = 0; ; ) {
      try {
        while (true) {
          this.#progress(row, slot.offset, file.size);
          if (slot.done) return slot.id;
          await this.#piece(file, slot);
          failures = 0;
        }
      } catch (fault) {
        if (fault instanceof Refused || failures >= retryDelays.length) throw fault;
        this.#say(row, "lost", this.#amounts(slot.offset, file.size));
        await new Promise((go) => setTimeout(go, retryDelays[failures]));
        failures += 1;
        slot.offset = await this.#offset(slot).catch(() => slot.offset);
      }
    }
  }

  async #start(file: File, sha256: string): Promise<Slot> {
    const body = JSON.stringify({ name: file.name, size: file.size, sha256, paper: this.dataset.paper });
    const answer = await fetch(this.dataset.start!, { method: "POST", headers: this.#headers("application/json"), body });
    if (!answer.ok) throw await Refused.from(answer);
    const { id, offset } = (await answer.json()) as { id: string; offset: number };
    return { id, offset, done: offset >= file.size };
  }

  async #piece(file: File, slot: Slot): Promise<void> {
    const body = file.slice(slot.offset, slot.offset + chunkBytes);
    const headers = { ...this.#headers("application/offset+octet-stream"), "upload-offset": String(slot.offset) };
    const answer = await fetch(`${this.dataset.start}/${slot.id}`, { method: "PATCH", headers, body });
    if (answer.status === 201) {
      slot.id = ((await answer.json()) as { id: string }).id;
      slot.offset = file.size;
      slot.done = true;
    } else if (answer.ok) slot.offset = Number(answer.headers.get("upload-offset") ?? slot.offset + body.size);
    else if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    else throw await Refused.from(answer);
  }

  async #offset(slot: Slot): Promise<number> {
    const answer = await fetch(`${this.dataset.start}/${slot.id}`, { method: "HEAD" });
    return Number(answer.headers.get("upload-offset") ?? slot.offset);
  }

  #headers(type: string): Record<string, string> {
    const token = this.closest("form")?.querySelector<HTMLInputElement>("input[name=csrf]")?.value ?? "";
    return { "content-type": type, "x-csrf-token": token, accept: "application/json" };
  }

  #amounts(sent: number, size: number): Record<string, string> {
    const mega = (bytes: number): string => (bytes / 1048576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    return { sent: mega(sent), size: mega(size) };
  }

  #progress(row: HTMLElement, sent: number, size: number): void {
    row.querySelector("progress")!.value = size === 0 ? 1 : sent / size;
    this.#say(row, "sending", this.#amounts(sent, size));
  }

  #row(file: File): HTMLElement {
    const row = document.createElement("li");
    row.className = "file";
    const look = document.createElement("ta-look");
    (look as HTMLElement & { file?: File }).file = file;
    const text = document.createElement("div");
    const name = document.createElement("b");
    name.textContent = file.name;
    const status = document.createElement("span");
    status.className = "small muted";
    status.setAttribute("role", "status");
    text.append(name, document.createElement("br"), status);
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn btn--quiet";
    drop.textContent = this.dataset.remove ?? "";
    drop.setAttribute("aria-label", `${this.dataset.remove} ${file.name}`);
    drop.addEventListener("click", () => row.remove());
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", file.name);
    row.append(look, text, drop, bar);
    this.#list.append(row);
    return row;
  }

  #finish(row: HTMLElement, id: string): void {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = `${this.#input.name}.id`;
    field.value = id;
    row.append(field);
    row.querySelector("progress")?.remove();
    this.#input.value = "";
    this.#input.required = false;
    this.#say(row, "done");
  }
}

/** The server's answer to something the person can mend: its words are shown. */
class Refused extends Error {
  static async from(answer: Response): Promise<Refused> {
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string };
    return new Refused(problem.detail ?? problem.title ?? String(answer.status));
  }
}
