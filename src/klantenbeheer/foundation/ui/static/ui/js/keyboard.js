// Keys that work everywhere, never while typing.
import { closeDialog } from "./dialogs.js";
import { openPalette } from "./palette.js";

const typing = (element) =>
  Boolean(element?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]"));
const visible = (element) => element?.checkVisibility?.() ?? true;
const scope = () => document.querySelector("dialog:modal") || document;

// What the page itself offers goes before the app bar: on a card, n adds to the tab that one looks at.
function press(key) {
  const all = [...scope().querySelectorAll(`[data-key="${key}"]`)].filter(visible);
  const target = all.find((one) => one.closest("#tab")) || all.find((one) => one.closest("main")) || all[0];
  if (!target) return false;
  target.click();
  return true;
}

function rows() {
  return [...scope().querySelectorAll("[data-rows] > :is(tr, li)")].filter(visible);
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const now = all.findIndex((row) => row.contains(document.activeElement) || row.hasAttribute("data-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, now === -1 ? 0 : now + step))];
  goTo(next);
  return true;
}

// Makes a row the one that keys work on.
export function goTo(row) {
  for (const other of rows()) other.removeAttribute("data-current");
  row.setAttribute("data-current", "");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function openRow() {
  const row = document.activeElement?.closest?.("[data-rows] > [data-current]");
  if (!row || document.activeElement !== row) return false;
  (row.querySelector("[data-open]") || row.querySelector("a[href], button"))?.click();
  return true;
}

// In the order of the strip before some of them moved under '» more'.
function tabsOf(strip) {
  return [...(strip?.querySelectorAll("[role=tab], [data-tab]") || [])].sort(
    (one, other) => (Number(one.dataset.index) || 0) - (Number(other.dataset.index) || 0),
  );
}

function tab(number) {
  const target = tabsOf(document.querySelector(".tabs"))[number - 1];
  if (!target) return false;
  target.click();
  // One that was under '» more' comes into the strip by being opened.
  target.focus({ preventScroll: true });
  return true;
}

// In a tab of its own, so that nothing typed is lost; of the address as it is now, also after a tab was swapped.
function help() {
  const link = document.getElementById("help");
  link?.click();
  return Boolean(link);
}

document.getElementById("help")?.addEventListener("click", (event) => {
  event.currentTarget.href = `/handbook/at?path=${encodeURIComponent(location.pathname)}`;
});

const PLAIN = {
  "/": () => {
    const field = document.querySelector("kb-search input");
    field?.focus();
    field?.select();
    return Boolean(field);
  },
  e: () => press("edit"),
  n: () => press("new"),
  "?": help,
  j: () => move(1),
  k: () => move(-1),
  Enter: openRow,
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  let done = false;
  if (ctrlKey && altKey && code === "KeyK") {
    // The list, with the cursor in its search field.
    location.assign(`${document.body.dataset.customersUrl || "/customers/"}#list-q`);
    done = true;
  } else if ((ctrlKey || metaKey) && !altKey && !shiftKey && code === "KeyK") {
    done = openPalette();
  } else if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "s") {
    done = press("save");
  } else if ((ctrlKey || metaKey) && key === "Enter") {
    const form = document.activeElement?.form;
    if (form) form.requestSubmit();
    done = Boolean(form);
  } else if (altKey && !ctrlKey && !metaKey && !shiftKey && /^Digit[1-9]$/.test(code)) {
    done = !document.querySelector("dialog:modal") && tab(Number(code.at(-1)));
  } else if (key === "Escape" && !typing(event.target)) {
    const dialog = document.querySelector("#dialog dialog:modal");
    if (dialog) {
      closeDialog(true);
      done = true;
    } else if (!document.querySelector("dialog:modal, .menu[open]")) done = press("back");
  } else if (!ctrlKey && !metaKey && !altKey && !typing(event.target)) {
    const inDialog = document.querySelector("dialog:modal");
    if (PLAIN[key] && !(inDialog && ["/", "e", "n"].includes(key))) done = PLAIN[key]();
  }
  if (done) event.preventDefault();
});

// The strip as one stop of the tab key, when it is a real tablist.
document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.(".tabs :is([role=tab], [data-tab])");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!item || !step || event.altKey || event.ctrlKey) return;
  const all = tabsOf(item.closest(".tabs")).filter((one) => one.closest(".menu-items") === item.closest(".menu-items"));
  all[(all.indexOf(item) + step + all.length) % all.length].focus();
  event.preventDefault();
});
