// Small things that a page asks for by attribute: copy, print, fold and remember, back to the list one came from.
import { goTo } from "./keyboard.js";

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    const detail = { message: copy.dataset.copied, tone: "success" };
    document.body.dispatchEvent(new CustomEvent("kb:toast", { bubbles: true, detail }));
  }
  if (event.target.closest("[data-print]")) print();
});

// <details data-fold="name">: folded or not is kept in a cookie, so that the server draws it right at once.
document.addEventListener(
  "toggle",
  (event) => {
    const name = event.target.dataset?.fold;
    if (name) document.cookie = `kb_fold=${event.target.open ? "" : name}; path=/; max-age=31536000; samesite=lax`;
  },
  true,
);

// [data-back="customers"] leads to that list as it was left: its search, filters, page, and the row one came from.
const KEY = "kb:list:";
const ROW = "kb:row:";
const WAY = "kb:back";
function remember() {
  try {
    const list = document.querySelector("[data-list]")?.dataset.list;
    if (list) sessionStorage.setItem(KEY + list, location.pathname + location.search);
    for (const link of document.querySelectorAll("[data-back]")) {
      const left = sessionStorage.getItem(KEY + link.dataset.back);
      if (left?.startsWith(link.getAttribute("href"))) link.href = left;
    }
  } catch {
    // Storage is switched off: back leads to the list as it opens.
  }
}
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:afterSettle"]) {
  document.addEventListener(name, remember);
}
remember();

document.addEventListener("click", (event) => {
  const list = event.target.closest("[data-list]")?.dataset.list;
  const row = event.target.closest("[data-rows] > *")?.querySelector("[data-open]");
  const back = event.target.closest("[data-back]")?.dataset.back;
  try {
    if (list && row && event.target.closest("a[href]")) sessionStorage.setItem(ROW + list, row.getAttribute("href"));
    if (back) sessionStorage.setItem(WAY, back);
  } catch {
    // Storage is switched off: the list opens at its top.
  }
});

// Back at the list, by the button, by Esc or by the browser: focus is on the row that was opened.
addEventListener("pageshow", () => {
  try {
    const list = document.querySelector("[data-list]")?.dataset.list;
    const came = sessionStorage.getItem(WAY) === list || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    sessionStorage.removeItem(WAY);
    const href = list && came && sessionStorage.getItem(ROW + list);
    const link = href && document.querySelector(`[data-rows] [data-open][href="${CSS.escape(href)}"]`);
    if (link && document.activeElement === document.body) goTo(link.closest("[data-rows] > *"));
  } catch {
    // Storage is switched off: the list opens at its top.
  }
});
