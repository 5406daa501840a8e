// <details class="menu">: one open at a time, arrows move, Esc and a click outside close, focus goes back.
const ITEMS = ".menu-items > :is(a, button), .menu-items > form > button, .menu-items .switch > button";

function close(menu, focus = false) {
  menu.open = false;
  if (focus) menu.querySelector("summary")?.focus();
}

document.addEventListener("click", (event) => {
  const inside = event.target.closest(".menu");
  for (const menu of document.querySelectorAll(".menu[open]")) if (menu !== inside) close(menu);
  const item = event.target.closest(".menu-items :is(a, button)");
  // Closed after the click has done its work; a choice that one looks at (the theme) keeps the menu open.
  if (item && inside && !item.closest(".switch")) setTimeout(() => close(inside));
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu");
  if (!menu) return;
  const items = [...menu.querySelectorAll(ITEMS)];
  if (event.key === "Escape" && menu.open) {
    close(menu, true);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    menu.open = true;
    const now = items.indexOf(document.activeElement);
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(now === -1 ? (step > 0 ? 0 : items.length - 1) : now + step + items.length) % items.length]?.focus();
  } else return;
  event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.(".menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
});

// A menu near an edge opens to the other side; one inside something that scrolls stands free of it.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[open]")) return;
    const list = menu.querySelector(".menu-items");
    const clipped = menu.closest(".table-wrap, .tab-body, .list-head");
    if (clipped) place(menu, list);
    else {
      const box = list.getBoundingClientRect();
      if (box.right > document.documentElement.clientWidth) menu.classList.add("end");
      else if (box.left < 0) menu.classList.remove("end");
    }
  },
  true,
);

function place(menu, list) {
  const button = menu.querySelector("summary").getBoundingClientRect();
  Object.assign(list.style, { position: "fixed", inset: "auto" });
  const box = list.getBoundingClientRect();
  const below = button.bottom + 4 + box.height <= innerHeight || button.top < box.height;
  list.style.top = `${below ? button.bottom + 4 : button.top - 4 - box.height}px`;
  list.style.left = `${Math.max(4, Math.min(button.right - box.width, innerWidth - box.width - 4))}px`;
}

// What stands free does not move along.
document.addEventListener(
  "scroll",
  (event) => {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (event.target !== document && event.target.contains(menu)) close(menu);
    }
  },
  true,
);
