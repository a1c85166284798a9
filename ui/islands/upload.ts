interface Kept { id: string; sha256: string }

const retryDelays = [1000, 2000, 5000, 10000, 20000, 40000];

/** The server's answer to something the person can mend: its words are shown, sending again would not help. */
class Refused extends Error {}

async function checksum(file: File): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** After a while, or as soon as the line is back. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((go) => {
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", () => { clearTimeout(timer); go(); }, { once: true });
  });
}

/**
 * Sends files as soon as they are picked, shows how far they are, sends again after a lost line, and compares the checksum the server
 * computed with its own. `<ta-upload data-start="/nop/…/tep" data-paper="birth_note" data-…texts>` around `<input type=file>` and
 * `<ul data-files>`. POST start/paper (multipart, field "file") -> 201 {"id","sha256"}; the file then belongs to the form.
 * Without scripts, or with an empty data-start, the same input is sent with the form.
 */
export class Upload extends HTMLElement {
  #input!: HTMLInputElement;
  #list!: HTMLElement;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    const list = this.querySelector<HTMLElement>("[data-files]");
    if (!input || !list || !this.dataset.start) return;
    this.#input = input;
    this.#list = list;
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = ""; // they travel by themselves now
      for (const file of files) void this.#take(file);
    });
  }

  async #take(file: File): Promise<void> {
    const row = this.#row(file);
    const most = Number(this.dataset.bytesMax ?? 0);
    if (most > 0 && file.size > most) return this.#say(row, "tooBig");
    try {
      this.#say(row, "checking");
      const expected = "subtle" in crypto ? await checksum(file) : null; // only on a secure connection
      this.#finish(row, file, await this.#sendUntilRight(file, expected, row));
    } catch (fault) {
      row.querySelector("progress")?.remove();
      this.#say(row, "failed", { why: (fault as Error).message });
    }
  }

  async #sendUntilRight(file: File, expected: string | null, row: HTMLElement): Promise<string> {
    for (let failures = 0; ; failures += 1) {
      try {
        const kept = await this.#send(file, row);
        if (expected === null || kept.sha256 === expected) return kept.id;
        await this.#drop(kept.id); // damaged on the way
      } catch (fault) {
        if (fault instanceof Refused || failures >= retryDelays.length) throw fault;
      }
      this.#say(row, "lost");
      await pause(retryDelays[Math.min(failures, retryDelays.length - 1)]);
    }
  }

  #send(file: File, row: HTMLElement): Promise<Kept> {
    return new Promise((kept, failed) => {
      const request = new XMLHttpRequest(); // fetch tells no progress
      request.open("POST", `${this.dataset.start}/${this.dataset.paper}`);
      request.responseType = "json";
      request.setRequestHeader("accept", "application/json");
      request.setRequestHeader("x-csrf-token", this.#hidden("csrf"));
      request.upload.addEventListener("progress", (event) => this.#progress(row, event.loaded, event.total));
      request.addEventListener("error", () => failed(new Error()));
      request.addEventListener("load", () => {
        const answer = request.response as (Kept & { detail?: string; title?: string }) | null;
        if (request.status === 201 && answer) kept(answer);
        else if (request.status >= 500 || request.status === 429) failed(new Error(String(request.status)));
        else failed(new Refused(answer?.detail ?? answer?.title ?? String(request.status)));
      });
      const body = new FormData();
      body.append("file", file, file.name);
      request.send(body);
    });
  }

  async #drop(id: string): Promise<void> {
    const form = this.closest("form");
    if (!form) return;
    const body = new FormData();
    for (const [name, value] of [["csrf", this.#hidden("csrf")], ["key", crypto.randomUUID()], ["remove", id]]) body.append(name, value);
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  }

  #hidden(name: string): string {
    return this.closest("form")?.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value ?? "";
  }

  #say(row: HTMLElement, key: string, words: Record<string, string> = {}): void {
    const text = (this.dataset[key] ?? "").replace(/\[(\w+)\]/g, (_, name: string) => words[name] ?? "");
    row.querySelector("[role=status]")!.textContent = text;
  }

  #progress(row: HTMLElement, sent: number, size: number): void {
    const mega = (bytes: number): string => (bytes / 1048576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    const bar = row.querySelector("progress");
    if (bar) bar.value = size === 0 ? 1 : sent / size;
    this.#say(row, "sending", { sent: mega(sent), size: mega(size) });
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
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", file.name);
    row.append(look, text, bar);
    this.#list.append(row);
    return row;
  }

  #finish(row: HTMLElement, file: File, id: string): void {
    row.querySelector("progress")?.remove();
    this.#input.required = false;
    this.#say(row, "done");
    const drop = document.createElement("button"); // the same button the server draws
    drop.className = "btn btn--quiet";
    drop.name = "remove";
    drop.value = id;
    drop.formNoValidate = true;
    drop.textContent = this.dataset.remove ?? "";
    const whose = document.createElement("span");
    whose.className = "vh";
    whose.textContent = ` ${file.name}`;
    drop.append(whose);
    row.append(drop);
  }
}
