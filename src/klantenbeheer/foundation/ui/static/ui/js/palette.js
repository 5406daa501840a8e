// <kb-palette>: one field over any page for customers, contacts, pages and actions; walked like the search field.
import { closeDialog } from "./dialogs.js";
import { controlsHere } from "./here.js";
import { Search } from "./search.js";

class Palette extends Search {
  connectedCallback() {
    super.connectedCallback();
    this.dialog = this.closest("dialog");
    this.said = this.querySelector("[data-said]");
    this.here = [];
    this.field.addEventListener("htmx:configRequest", ({ detail }) => {
      detail.parameters.here = this.here.map(({ name, url }) => `${name}\t${url}`).join("\n");
    });
    this.list.addEventListener("click", (event) => this.take(event), true);
    this.list.addEventListener("pointermove", (event) => {
      const option = event.target.closest("[role=option]");
      if (option && option !== this.chosen) this.choose(option);
    });
  }

  show() {
    // What opens from here gives focus back to where it was before, not to a line of a closed list.
    const { activeElement: now } = document;
    this.opener = now === document.body ? null : now;
    this.here = controlsHere();
    this.field.value = "";
    this.list.replaceChildren();
    this.dialog.showModal();
    this.field.focus();
    this.field.dispatchEvent(new CustomEvent("kb:ask"));
  }

  fresh() {
    this.options.forEach((option) => option.setAttribute("aria-selected", "false"));
    this.choose(this.options[0] || null);
    this.said.textContent = this.said.dataset.words.replace("{count}", this.options.length);
  }

  // Always in sight: the dialog is what opens and closes.
  toggle() {}

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const options = this.options;
    if (event.key === "Escape") this.dialog.close();
    else if (event.key === "Enter" && !event.isComposing) this.chosen?.click();
    else if (step && options.length) {
      // Round and round: something is always chosen, so that Enter does what one sees.
      this.choose(options[(options.indexOf(this.chosen) + step + options.length) % options.length]);
    } else return;
    event.preventDefault();
  }

  take(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!elsewhere) this.dialog.close();
    const press = option.dataset.press;
    if (press) (this.here[press.match(/^here:(\d+)$/)?.[1]]?.control || document.querySelector(press))?.click();
  }
}
customElements.define("kb-palette", Palette);

export function openPalette() {
  const palette = document.querySelector("kb-palette");
  if (!palette || palette.dialog.open) return Boolean(palette);
  // A form that holds something typed asks first, and stays when one wants it to.
  if (document.querySelector("#dialog dialog:modal")) closeDialog(true);
  if (!document.querySelector("dialog:modal")) palette.show();
  return true;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
});
