// Nothing typed is lost by accident: form[data-guard], forms in <kb-guard> and in dialogs ask before leaving.
const words = () => document.getElementById("ui-words")?.dataset.unsaved || "";
const guarded = (form) => form?.matches?.("form[data-guard], kb-guard form, #dialog form, kb-edit form");
const state = (form) => {
  const values = [];
  for (const [name, value] of new FormData(form)) {
    if (name !== "csrfmiddlewaretoken") values.push([name, value instanceof File ? value.name : value]);
  }
  return JSON.stringify(values);
};
const starts = new WeakMap();
const sent = new WeakSet();

// The state before the first keystroke: taken as focus enters.
document.addEventListener("focusin", (event) => {
  const form = event.target.form;
  if (guarded(form) && !starts.has(form)) starts.set(form, state(form));
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented || event.target.matches("[hx-post]")) sent.add(event.target);
});
// A refused save is unsaved again.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt?.closest?.("form");
  if (form && !event.detail.successful) sent.delete(form);
});

function dirty(root = document, but = null) {
  return [...root.querySelectorAll("form")].some((form) => {
    if (form === but || !guarded(form) || sent.has(form)) return false;
    // Sent back with errors: what stands in it is not saved.
    return form.querySelector("[aria-invalid=true]") || (starts.has(form) && starts.get(form) !== state(form));
  });
}

addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});
document.addEventListener("kb:leave", (event) => {
  if (dirty(event.target) && !confirm(words())) event.preventDefault();
});
// A swap that would wipe a half-typed form: another tab, a link in the list, a dialog that leads to another one.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, target } = event.detail;
  if (!target || target.closest("kb-edit")) return;
  if (target.id === "dialog" ? !target.contains(elt) : elt.closest("form")) return;
  // A form takes its own values along; those of another one in the same dialog would be gone.
  if (dirty(target, elt) && !confirm(words())) event.preventDefault();
});
// A form that came back with errors opens at the first of them.
document.querySelector("form[data-guard] [aria-invalid=true]")?.focus();
customElements.define("kb-guard", class extends HTMLElement {});
