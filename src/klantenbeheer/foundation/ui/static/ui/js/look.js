// The quick look: Space on a row of a list shows its record beside it; it goes along with j and k until it is closed.
const panel = () => document.getElementById("look");
const shown = () => panel()?.childElementCount > 0;
let timer = 0;

function show(row) {
  const url = row?.dataset.look;
  if (url && panel()) window.htmx.ajax("GET", url, { target: "#look", swap: "innerHTML" });
}

function close() {
  const number = panel()?.querySelector("[data-look-of]")?.dataset.lookOf;
  const inside = panel()?.contains(document.activeElement);
  panel()?.replaceChildren();
  if (inside && number) document.querySelector(`[data-rows] > [data-look="/customers/${CSS.escape(number)}/look"]`)?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target.closest?.("[data-rows] > [data-look]");
  if (event.key === " " && row && event.target === row) {
    event.preventDefault();
    if (panel()?.querySelector("[data-look-of]") && row.dataset.look.includes(`/${panel().querySelector("[data-look-of]").dataset.lookOf}/`)) close();
    else show(row);
  } else if (event.key === "Escape" && shown() && !document.querySelector("dialog:modal, .menu[open]")) {
    event.preventDefault();
    close();
  }
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-look-close]")) close();
});

// Walking through the rows: the panel follows where one stops.
document.addEventListener("focusin", (event) => {
  const row = event.target.matches?.("[data-rows] > [data-look]") && shown() ? event.target : null;
  clearTimeout(timer);
  if (row) timer = setTimeout(() => show(row), 120);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "results") close();
});
