// Whatever is swapped into #dialog is opened; closing empties it and gives focus back.
const host = document.getElementById("dialog");
let opener = null;

function openDialog() {
  if (!host?.childElementCount) return;
  let dialog = host.querySelector("dialog");
  if (!dialog) {
    // An error came instead of a dialog: it is shown in one.
    dialog = document.createElement("dialog");
    dialog.className = "dialog small";
    dialog.append(...host.childNodes);
    host.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
  const first =
    dialog.querySelector("[aria-invalid=true]") ||
    dialog.querySelector("[autofocus]") ||
    dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea)") ||
    dialog.querySelector(".dialog-foot .button");
  first?.focus();
}

// asked: closing by the user, which an unsaved form may refuse.
export function closeDialog(asked = false) {
  const dialog = host?.querySelector("dialog");
  if (!dialog && !opener) return;
  if (asked && dialog && !dialog.dispatchEvent(new CustomEvent("kb:leave", { bubbles: true, cancelable: true }))) return;
  dialog?.close();
  host.replaceChildren();
  // What opened it may have been drawn anew, or be gone with what was deleted.
  const { id, dataset } = opener || {};
  const again =
    (opener?.isConnected && opener) ||
    (id && document.getElementById(id)) ||
    (dataset?.focusKey && document.querySelector(`[data-focus-key="${CSS.escape(dataset.focusKey)}"]`)) ||
    document.getElementById("tab");
  again?.focus();
  opener = null;
}

// A dialog that its own page opens: <button data-dialog="id">.
document.addEventListener("click", (event) => {
  const local = event.target.closest("[data-dialog]");
  if (local) {
    document.getElementById(local.dataset.dialog)?.showModal();
    return;
  }
  const close = event.target.closest("[data-close]");
  const dialog = close?.closest("dialog");
  if (!dialog) return;
  event.preventDefault();
  if (host?.contains(dialog)) closeDialog(true);
  else dialog.close();
});

if (host) {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const source = event.detail.elt;
    if (event.detail.target === host && !host.contains(source)) {
      // A menu closes when its item is chosen: its button is what stays in sight.
      const palette = source.closest("kb-palette");
      opener = palette ? palette.opener : source.closest(".menu")?.querySelector("summary") || source;
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === host) openDialog();
  });
  host.addEventListener(
    "cancel",
    (event) => {
      if (event.target.tagName !== "DIALOG") return; // a file field's cancel bubbles too
      event.preventDefault();
      closeDialog(true);
    },
    true,
  );
  // Later: other events of the same answer are sent from the form, and would be lost with it.
  document.addEventListener("kb:close-dialog", () => queueMicrotask(() => closeDialog()));
}
