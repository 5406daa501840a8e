// <kb-edit>: a value that edits where it stands.
//   <kb-edit id="value-name"><button data-edit hx-get="…/edit/name/" hx-target="closest kb-edit">Jansen</button></kb-edit>
// The server answers the GET with a <form hx-post hx-target="closest kb-edit">, a good POST with the button again,
// a refused one (422, 409) with the form. Enter saves, Esc restores, Tab saves and opens the next value.
class Edit extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("htmx:beforeSwap", () => this.keep());
    this.addEventListener("htmx:afterSwap", (event) => event.detail.target === this && this.swapped());
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-cancel]")) {
        event.preventDefault();
        this.restore();
      }
    });
    this.addEventListener("focusout", (event) => this.left(event));
    for (const name of ["htmx:beforeRequest", "htmx:afterRequest"]) {
      this.addEventListener(name, () => this.toggleAttribute("data-busy", name === "htmx:beforeRequest"));
    }
  }

  get form() {
    return this.querySelector("form");
  }

  // What stood here before the first form came: Esc brings it back without asking the server.
  keep() {
    const shown = this.querySelector("[data-edit]");
    if (shown) this.before = shown;
  }

  swapped() {
    const field = this.form?.querySelector("input:not([type=hidden]), select, textarea");
    if (field) {
      this.start = new URLSearchParams(new FormData(this.form)).toString();
      field.focus();
      field.select?.();
      this.after = null;
      return;
    }
    if (this.form) return;
    const go = this.after;
    this.after = null;
    if (go === "stay") this.querySelector("[data-edit]")?.focus();
    else if (go) this.open(go);
  }

  get changed() {
    return this.form && new URLSearchParams(new FormData(this.form)).toString() !== this.start;
  }

  restore(focus = true) {
    if (!this.before) return;
    this.replaceChildren(this.before);
    window.htmx?.process(this);
    if (focus) this.before.focus();
  }

  save(after) {
    this.after = after;
    if (this.changed || this.form.querySelector("[aria-invalid=true]")) this.form.requestSubmit();
    else {
      this.restore(after === "stay");
      if (after && after !== "stay") this.open(after);
    }
  }

  open(step) {
    const all = [...document.querySelectorAll("[data-edit], kb-edit > form")].filter((one) => one.checkVisibility());
    const own = all.findIndex((one) => this.contains(one));
    const next = all[own + step];
    if (next?.matches("[data-edit]")) next.click();
  }

  key(event) {
    if (!this.form || event.isComposing) return;
    const area = event.target.tagName === "TEXTAREA";
    if (event.key === "Escape") this.restore();
    else if (event.key === "Enter" && !event.target.closest("button") && (!area || event.ctrlKey || event.metaKey)) {
      this.save("stay");
    } else if (event.key === "Tab" && !event.target.closest("button")) this.save(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Leaving an unchanged value folds it again; a changed one stays open, so nothing typed is lost.
  left(event) {
    if (!this.form || this.hasAttribute("data-busy") || this.contains(event.relatedTarget)) return;
    setTimeout(() => {
      const busy = this.hasAttribute("data-busy") || this.contains(document.activeElement) || !document.hasFocus();
      if (this.form && !busy && !this.changed) this.restore(false);
    }, 150);
  }
}
customElements.define("kb-edit", Edit);
