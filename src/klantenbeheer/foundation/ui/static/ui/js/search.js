// <kb-search>: a search field whose suggestions (role=option, put in by htmx) are walked with the arrows.
export class Search extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    if (!this.field || !this.list) return;
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("focus", () => this.toggle(true));
    this.field.addEventListener("input", () => {
      if (!this.field.value.trim()) this.list.replaceChildren();
      this.toggle(true);
    });
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.toggle(false);
    });
    // Keeps focus in the field, so that the list does not close before the click arrives.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.addEventListener("htmx:afterSwap", () => this.fresh());
    this.toggle(false);
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]:not([aria-disabled=true])")];
  }

  get chosen() {
    return this.list.querySelector("[aria-selected=true]");
  }

  fresh() {
    if (!this.field.value.trim()) this.list.replaceChildren();
    this.options.forEach((option, index) => {
      option.id ||= `${this.list.id}-${index}`;
      option.tabIndex = -1;
      option.setAttribute("aria-selected", "false");
    });
    this.field.removeAttribute("aria-activedescendant");
    this.toggle(this.contains(document.activeElement));
  }

  toggle(open) {
    const shown = open && this.list.childElementCount > 0;
    this.list.hidden = !shown;
    this.field.setAttribute("aria-expanded", String(shown));
    if (!shown) this.choose(null);
  }

  choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", option.id);
    } else this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = this.options;
    const now = options.indexOf(this.chosen);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) this.toggle(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = now === -1 ? (step > 0 ? 0 : options.length - 1) : now + step;
      this.choose(options[next] || null);
    } else if (event.key === "Enter" && now !== -1 && !this.list.hidden) {
      options[now].click();
    } else if (event.key === "Escape") {
      if (!this.list.hidden) this.toggle(false);
      else if (this.field.value) this.field.value = "";
      else this.field.blur();
    } else return;
    event.preventDefault();
  }
}
customElements.define("kb-search", Search);
