// <kb-picture>: shows the chosen, dropped or pasted picture in a square; dragging, arrow keys and the zoom choose what is kept.
// The server cuts; the hidden fields tell it where, in parts of the shorter side.
// What was chosen last: an answer that asks to look again (data-keep) comes with an empty file field.
let kept = null;

class Picture extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.field = this.querySelector("input[type=file]");
    this.place = this.querySelector(".cut");
    this.canvas = this.querySelector("canvas");
    this.zoom = this.querySelector("[data-zoom]");
    this.field.addEventListener("change", () => this.load());
    this.zoom.addEventListener("input", () => this.rescale());
    this.paste = (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
      if (!file) return;
      event.preventDefault();
      this.take({ file });
    };
    document.addEventListener("paste", this.paste);
    if (this.hasAttribute("data-keep") && kept) this.take(kept);
    else kept = null;
    this.canvas.addEventListener("pointerdown", (event) => this.canvas.setPointerCapture(event.pointerId));
    this.canvas.addEventListener("pointermove", (event) => {
      if (!this.canvas.hasPointerCapture(event.pointerId)) return;
      this.move(-event.movementX / this.canvas.clientWidth, -event.movementY / this.canvas.clientHeight);
    });
    this.canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      this.move(step[0] * 0.04, step[1] * 0.04);
    });
  }

  take({ file, left, top, length }) {
    const files = new DataTransfer();
    files.items.add(file);
    this.field.files = files.files;
    this.wanted = length && { left, top, length };
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  disconnectedCallback() {
    document.removeEventListener("paste", this.paste);
    this.image?.close();
  }

  async load() {
    this.image?.close();
    this.image = null;
    const file = this.field.files[0];
    kept = file ? { file } : null;
    try {
      if (file) this.image = await createImageBitmap(file);
    } catch {
      // No picture: the server says what is wrong with it.
    }
    this.place.hidden = !this.image;
    if (!this.image) {
      for (const part of ["left", "top", "length"]) this.querySelector(`[name=crop_${part}]`).value = "";
      return;
    }
    this.short = Math.min(this.image.width, this.image.height);
    this.zoom.value = 1;
    this.length = 1;
    this.left = (this.image.width / this.short - 1) / 2;
    this.top = (this.image.height / this.short - 1) / 2;
    if (this.wanted) {
      Object.assign(this, this.wanted);
      this.zoom.value = 1 / this.length;
      this.wanted = null;
    }
    this.draw();
  }

  // Keeps the middle where it is.
  rescale() {
    const length = 1 / Number(this.zoom.value);
    this.left += (this.length - length) / 2;
    this.top += (this.length - length) / 2;
    this.length = length;
    this.draw();
  }

  move(across, down) {
    if (!this.image) return;
    this.left += across * this.length;
    this.top += down * this.length;
    this.draw();
  }

  draw() {
    const within = (value, most) => Math.max(0, Math.min(value, most));
    this.left = within(this.left, this.image.width / this.short - this.length);
    this.top = within(this.top, this.image.height / this.short - this.length);
    const pen = this.canvas.getContext("2d");
    const side = this.length * this.short;
    pen.clearRect(0, 0, 256, 256);
    pen.drawImage(this.image, this.left * this.short, this.top * this.short, side, side, 0, 0, 256, 256);
    for (const part of ["left", "top", "length"]) this.querySelector(`[name=crop_${part}]`).value = this[part].toFixed(5);
    if (kept) Object.assign(kept, { left: this.left, top: this.top, length: this.length });
  }
}
customElements.define("kb-picture", Picture);
