// <kb-drop>: a file field that also takes a dropped file. What the browser itself would write in the field, in its own
// language, gives way to a button and the name of the chosen file in the user's; the field lies over them, unseen.
class Drop extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    const field = this.querySelector("input[type=file]");
    if (!field) return;
    const say = this.face(field);
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
    field.addEventListener("change", say);
    say(); // It may hold a file already: one that was kept.
  }

  // Draws the button and gives what writes the name beside it.
  face(field) {
    const words = document.getElementById("ui-words")?.dataset ?? {};
    const [face, button, name] = ["div", "span", "span"].map((tag) => document.createElement(tag));
    face.className = "file";
    button.className = "button";
    button.textContent = words.chooseFile;
    button.ariaHidden = "true";
    name.className = "soft";
    name.ariaLive = "polite";
    field.replaceWith(face);
    face.append(button, name, field);
    return () => {
      name.textContent = [...field.files].map((file) => file.name).join(", ") || words.noFile;
    };
  }
}
customElements.define("kb-drop", Drop);
