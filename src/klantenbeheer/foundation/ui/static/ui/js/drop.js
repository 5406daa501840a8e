// <kb-drop>: a file field that also takes a dropped file and says which one it has in [data-file-name].
class Drop extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    const field = this.querySelector("input[type=file]");
    if (!field) return;
    const over = (event) => {
      event.preventDefault();
      this.setAttribute("data-over", "");
    };
    this.addEventListener("dragenter", over);
    this.addEventListener("dragover", over);
    this.addEventListener("dragleave", (event) => {
      if (!this.contains(event.relatedTarget)) this.removeAttribute("data-over");
    });
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.removeAttribute("data-over");
      if (!event.dataTransfer.files.length || field.disabled) return;
      const files = new DataTransfer();
      for (const file of event.dataTransfer.files) {
        files.items.add(file);
        if (!field.multiple) break;
      }
      field.files = files.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.addEventListener("change", () => {
      const place = this.querySelector("[data-file-name]");
      if (place) place.textContent = [...field.files].map((file) => file.name).join(", ");
    });
  }
}
customElements.define("kb-drop", Drop);
