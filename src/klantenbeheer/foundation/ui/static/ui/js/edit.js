// <kb-edit>: a value that edits where it stands.
//   <kb-edit id="value-name"><button data-edit hx-get="…/edit/name/" hx-target="closest kb-edit">Jansen</button></kb-edit>
// The server answers the GET with a <form hx-post hx-target="closest kb-edit">, a good POST with the button again,
// a refused one (422, 409) with the form. Enter saves, Esc restores, Tab saves and opens the next value.
class Edit extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("htmx:beforeSwap", (event) => {
      // A conflict goes on in a dialog, with what was typed here.
      this.toggleAttribute("data-in-dialog", event.detail.target?.id === "dialog");
      this.keep();
    });
    this.addEventListener("htmx:afterSwap", (event) => event.detail.target === this && this.swapped());
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-cancel]")) {
        event.preventDefault();
        this.restore();
      }
    });
    // Saved by the mouse: focus stays at the value, as it does with Enter.
    this.addEventListener("submit", () => (this.after ??= "stay"));
    this.addEventListener("focusout", (event) => this.left(event));
    for (const name of ["htmx:beforeRequest", "htmx:afterRequest"]) {
      this.addEventListener(name, () => this.toggleAttribute("data-busy", name === "htmx:beforeRequest"));
    }
  }

  get form() {
    return this.querySelector("form");
  }

  get refused() {
    return Boolean(this.form?.querySelector("[aria-invalid=true]"));
  }

  get values() {
    const data = new FormData(this.form);
    for (const name of ["version", "csrfmiddlewaretoken"]) data.delete(name);
    return new URLSearchParams(data).toString();
  }

  // What stood here before the first form came: Esc brings it back without asking the server.
  keep() {
    if (this.querySelector("[data-edit]")) this.before = [...this.childNodes];
  }

  swapped() {
    const field = this.form?.querySelector("input:not([type=hidden]), select, textarea");
    if (field) {
      // Only what came from the server unrefused counts as unchanged.
      if (!this.refused) this.start = this.values;
      this.after = null;
      field.focus();
      if (this.refused) field.setSelectionRange?.(field.value.length, field.value.length);
      else field.select?.();
      return;
    }
    if (this.form) {
      this.form.querySelector("button")?.focus();
      return;
    }
    const go = this.after;
    this.after = null;
    if (go === "stay") this.querySelector("[data-edit]")?.focus();
    else if (go) this.open(go);
  }

  get changed() {
    return this.form && this.values !== this.start;
  }

  restore(focus = true) {
    if (!this.before) return;
    this.replaceChildren(...this.before);
    window.htmx?.process(this);
    if (focus) this.querySelector("[data-edit]")?.focus();
  }

  save(after) {
    if (this.hasAttribute("data-busy")) return;
    if (this.changed) {
      this.after = after;
      this.form.requestSubmit();
      return;
    }
    this.restore(after === "stay");
    if (after !== "stay") this.open(after);
  }

  // Opens the next value (or the one before); past the last one, focus goes on as Tab would.
  open(step) {
    const all = [...document.querySelectorAll("[data-edit], kb-edit > form")].filter((one) => one.checkVisibility());
    const own = all.findIndex((one) => this.contains(one));
    const next = all[own + step];
    if (next?.matches("[data-edit]")) next.click();
    else if (next) next.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    else this.querySelector("[data-edit]")?.focus();
  }

  key(event) {
    if (!this.form || event.isComposing) return;
    // Among boxes to tick, Tab goes to the next one first.
    const boxes = [...this.form.querySelectorAll("input[type=checkbox]")];
    const at = boxes.indexOf(event.target);
    if (event.key === "Tab" && at >= 0 && boxes[at + (event.shiftKey ? -1 : 1)]) return;
    const area = event.target.tagName === "TEXTAREA";
    const onButton = event.target.closest("button");
    if (event.key === "Escape") this.restore();
    else if (event.key === "Enter" && !onButton && (!area || event.ctrlKey || event.metaKey)) this.save("stay");
    else if (event.key === "Tab" && !onButton) this.save(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Leaving an unchanged value folds it again; a changed or refused one stays open, so nothing typed is lost.
  left(event) {
    if (!this.form || this.hasAttribute("data-busy") || this.contains(event.relatedTarget)) return;
    setTimeout(() => {
      const busy = this.hasAttribute("data-busy") || this.contains(document.activeElement) || !document.hasFocus();
      if (this.form && !busy && !this.changed && !this.refused) this.restore(false);
    }, 150);
  }
}
customElements.define("kb-edit", Edit);

// Another value of the same record was saved from here: forms that are still open go on from that version. Only our
// own step is followed; when somebody else saved in between, the versions do not meet and the save is a conflict.
for (const name of ["kb:card", "kb:card-whole"]) {
  document.addEventListener(name, ({ detail }) => {
    for (const field of document.querySelectorAll("kb-edit input[name=version]")) {
      if (detail?.from && field.value === String(detail.from)) field.value = String(detail.to);
    }
  });
}

// The values around are drawn anew after a dialog was saved, but never over one that is being typed.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const typed = [...event.detail.target.querySelectorAll("kb-edit:not([data-in-dialog])")].some((one) => one.changed);
  if (typed) event.detail.shouldSwap = false;
});
