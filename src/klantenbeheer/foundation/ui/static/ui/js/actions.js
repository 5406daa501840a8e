// Small things that a page asks for by attribute: copy, print, fold and remember, back to the list one came from.
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

// [data-back="customers"] leads to that list as it was left: its search, filters, page.
const KEY = "kb:list:";
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
