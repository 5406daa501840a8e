// What one can do on the page itself, for the palette: the controls that stand on it now, with the words that name them.
// Rights need no second look: who may not do a thing has no control for it.
const CONTROLS = "#main :is(button, a.button, .menu-items > a)";
// Of a single row or field there is one beside each of them.
const NOT = "tbody, ol, [data-rows], [hidden], dialog, #card-basic, [data-back], [data-key=back], .pages nav";
const MOST = 80;

const words = (element) => (element.getAttribute("aria-label") || element.textContent).replace(/\s+/g, " ").trim();

// What goes with a card as a whole the palette knows itself, but for what leads out of the product: a map.
const known = (control) => control.closest("#card-head") && control.target !== "_blank";

function headingOf(control) {
  for (let one = control.previousElementSibling; one; one = one.previousElementSibling) {
    if (one.matches(".menu-heading")) return words(one);
  }
  return "";
}

export function controlsHere() {
  const found = [];
  for (const control of document.querySelectorAll(CONTROLS)) {
    const menu = control.closest("details.menu");
    if (control.disabled || control.closest(NOT) || known(control) || !(menu || control).checkVisibility()) continue;
    const summary = menu ? words(menu.querySelector("summary")) : "";
    const name = [summary, menu ? headingOf(control) : "", words(control)].filter(Boolean).join(" · ");
    if (name) found.push({ control, name, url: control.getAttribute("href") || "" });
  }
  return found.slice(0, MOST);
}
