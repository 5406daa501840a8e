// <kb-select>: rows with [data-select] checkboxes, [data-select-all], shift for a range, and a [data-bulk] bar that
// appears with [data-count] chosen. [data-select-match] chooses all that fit, on every page: [data-all] then says so to the server.
class Select extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("change", () => this.refresh());
    this.addEventListener("htmx:afterSettle", () => this.refresh());
    this.refresh();
  }

  get boxes() {
    return [...this.querySelectorAll("[data-select]")];
  }

  click(event) {
    if (event.target.closest("[data-select-match]")) {
      for (const box of this.boxes) box.checked = true;
      this.all = true;
      this.refresh();
      return;
    }
    if (event.target.closest("[data-select-none]")) {
      for (const box of this.boxes) box.checked = false;
      this.refresh();
      return;
    }
    if (event.target.matches("[data-select-all]")) {
      for (const box of this.boxes) box.checked = event.target.checked;
      return;
    }
    const box = event.target.closest("[data-select]");
    if (!box) return;
    const all = this.boxes;
    const now = all.indexOf(box);
    const last = all.indexOf(this.last);
    if (event.shiftKey && last !== -1) {
      for (const one of all.slice(Math.min(now, last), Math.max(now, last) + 1)) one.checked = box.checked;
      getSelection()?.removeAllRanges();
    }
    this.last = box;
  }

  refresh() {
    const all = this.boxes;
    const count = all.filter((box) => box.checked).length;
    this.all &&= count === all.length && count > 0;
    const field = this.querySelector("[data-all]");
    if (field) field.value = this.all ? "1" : "";
    for (const [selector, hidden] of [["[data-chosen-all]", !this.all], ["[data-chosen]", this.all], ["[data-select-match]", this.all]]) {
      const place = this.querySelector(selector);
      if (place) place.hidden = Boolean(hidden);
    }
    const bar = this.querySelector("[data-bulk]");
    if (bar) bar.hidden = count === 0;
    for (const place of this.querySelectorAll("[data-count]")) place.textContent = String(count);
    const every = this.querySelector("[data-select-all]");
    if (every) {
      every.checked = count > 0 && count === all.length;
      every.indeterminate = count > 0 && count < all.length;
    }
  }
}
customElements.define("kb-select", Select);
