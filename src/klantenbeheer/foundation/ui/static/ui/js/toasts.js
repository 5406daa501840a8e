// Short messages with undo. Event kb:toast {message, undo_url, tone}; the server sends it in HX-Trigger or, on a
// redirect, in a cookie. A message still in sight when the page changes is shown again on the next page.
const host = document.getElementById("toasts");
const mould = document.getElementById("toast-template");
const KEY = "kb:toasts";
const COOKIE = "kb_toast";
const shown = new Map();

const ours = (url) => typeof url === "string" && /^\/(?![/\\])/.test(url);

function show({ message, undo_url: undoUrl, tone = "info", left = 0 }) {
  if (!host || !mould || !message) return;
  const toast = mould.content.firstElementChild.cloneNode(true);
  if (["info", "success", "warning", "danger"].includes(tone)) toast.classList.add(tone);
  toast.querySelector("[data-message]").textContent = message;
  const undo = toast.querySelector("[data-undo]");
  if (ours(undoUrl)) undo.addEventListener("click", () => undoNow(toast, undoUrl));
  else undo.remove();
  toast.querySelector("[data-dismiss]").addEventListener("click", () => drop(toast));
  const life = left || (ours(undoUrl) || tone === "danger" ? 12000 : 6000);
  const entry = { detail: { message, undo_url: undoUrl, tone }, until: Date.now() + life, timer: 0 };
  const start = () => {
    entry.timer = setTimeout(() => drop(toast), Math.max(2000, entry.until - Date.now()));
  };
  // Reading or reaching for the button must not be a race.
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(entry.timer));
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  shown.set(toast, entry);
  host.append(toast);
  raise();
  start();
}

// Above an open dialog too: the top layer is entered anew.
function raise() {
  if (!host.showPopover) return;
  if (host.matches(":popover-open")) host.hidePopover();
  if (host.childElementCount) host.showPopover();
}

function drop(toast) {
  clearTimeout(shown.get(toast)?.timer);
  shown.delete(toast);
  toast.remove();
  if (!host.childElementCount && host.matches(":popover-open")) host.hidePopover();
}

async function undoNow(toast, url) {
  drop(toast);
  await window.htmx?.ajax("POST", url, { source: document.body, target: document.body, swap: "none" });
}

document.addEventListener("kb:toast", (event) => show(event.detail || {}));
document.addEventListener("htmx:afterRequest", fromCookie);
// What was undone elsewhere (from the history) is not offered once more.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || detail.requestConfig?.verb !== "post") return;
  for (const [toast, entry] of [...shown]) {
    if (entry.detail.undo_url && entry.detail.undo_url === detail.requestConfig.path) drop(toast);
  }
});

function fromCookie() {
  const part = document.cookie.split("; ").find((text) => text.startsWith(`${COOKIE}=`));
  if (!part) return;
  document.cookie = `${COOKIE}=; max-age=0; path=/; samesite=lax`;
  try {
    show(JSON.parse(decodeURIComponent(part.slice(COOKIE.length + 1).replace(/^"|"$/g, ""))));
  } catch {
    // Not ours or cut off: nothing to show.
  }
}

addEventListener("pagehide", () => {
  const rest = [...shown.values()].map((entry) => ({ ...entry.detail, left: entry.until - Date.now() }));
  try {
    if (rest.length) sessionStorage.setItem(KEY, JSON.stringify(rest));
  } catch {
    // Storage is switched off.
  }
});
try {
  const rest = JSON.parse(sessionStorage.getItem(KEY) || "[]");
  sessionStorage.removeItem(KEY);
  for (const detail of rest) if (detail.left > 500) show(detail);
} catch {
  // Storage is switched off.
}
fromCookie();
for (const toast of host?.querySelectorAll(".toast") || []) {
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => toast.remove());
}
