// A list that is put in order: <ol data-order> of rows that are dragged, or moved by buttons [data-move=up|down].
let dragged = null;

function told(row) {
  const list = row.closest("[data-order]");
  const rows = [...list.children];
  const status = list.parentElement.querySelector("[data-order-status]");
  if (!status) return;
  const values = { name: row.dataset.orderName, place: rows.indexOf(row) + 1, count: rows.length };
  status.textContent = list.dataset.orderWords.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
}

// Instead of asking the server: the button would send the form for one step.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("[data-order] [data-move]");
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    const row = button.closest("li");
    const other = button.dataset.move === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (other) {
      if (button.dataset.move === "up") other.before(row);
      else other.after(row);
    }
    button.focus();
    told(row);
  },
  true,
);

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-order] > li") || null;
  if (dragged) event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest?.("[data-order] > li");
  if (!over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});
document.addEventListener("drop", (event) => {
  if (dragged && event.target.closest?.("[data-order]")) event.preventDefault();
});
document.addEventListener("dragend", () => {
  if (dragged) told(dragged);
  dragged = null;
});
