/** A small picture of an image file before it is sent, drawn on a canvas (no object addresses, so the strict policy holds). */
export class Look extends HTMLElement {
  file?: File;

  connectedCallback(): void {
    const file = this.file;
    if (!file || !file.type.startsWith("image/")) return;
    void createImageBitmap(file, { resizeHeight: 96 }).then(
      (bitmap) => {
        const canvas = document.createElement("canvas");
        canvas.width = Math.min(bitmap.width, 160);
        canvas.height = 96;
        canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", file.name);
        this.append(canvas);
      },
      () => undefined, // a file that is no picture simply has none; the server says why when it reads the content
    );
  }
}
