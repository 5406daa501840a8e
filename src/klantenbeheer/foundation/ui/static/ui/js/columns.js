// The edges of a table's headings are drawn to make a column wider or narrower; the width is kept for its user.
const LEAST = 48;
const MOST = 640;

function edges() {
  for (const head of document.querySelectorAll("[data-columns] thead [data-column]")) {
    if (head.querySelector(".edge")) continue;
    const table = head.closest("table");
    const kept = Number(table.querySelector("colgroup")?.children[head.cellIndex]?.width);
    if (kept) size(table, head.cellIndex, kept);
    const edge = document.createElement("span");
    edge.className = "edge";
    edge.setAttribute("aria-hidden", "true");
    head.append(edge);
  }
}

function columns(table) {
  let group = table.querySelector("colgroup");
  if (!group) {
    group = document.createElement("colgroup");
    for (const _head of table.tHead.rows[0].cells) group.append(document.createElement("col"));
    table.prepend(group);
  }
  return group.children;
}

// A table takes the width of a column as a wish; of its cells it keeps it.
function size(table, place, width) {
  for (const row of table.rows) {
    const cell = row.cells[place];
    if (!cell) continue;
    cell.classList.remove("fit", "clip");
    cell.classList.add("sized");
    Object.assign(cell.style, { minWidth: `${width}px`, maxWidth: `${width}px` });
  }
}

document.addEventListener("pointerdown", (event) => {
  const head = event.target.closest?.(".edge")?.parentElement;
  if (!head) return;
  event.preventDefault();
  const table = head.closest("table");
  const place = head.cellIndex;
  const begin = event.clientX;
  const before = head.getBoundingClientRect().width;
  let width = 0;
  const move = (moved) => {
    width = Math.round(Math.min(MOST, Math.max(LEAST, before + moved.clientX - begin)));
    columns(table)[place].width = String(width);
    size(table, place, width);
  };
  const end = () => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    if (!width) return;
    const values = { column: head.dataset.column, width, view: table.dataset.view };
    window.htmx.ajax("POST", `/lists/${table.dataset.columns}/width`, { values, swap: "none", source: table });
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
});
// The heading under the edge is a link: letting go is no click on it.
document.addEventListener("click", (event) => event.target.closest?.(".edge") && event.preventDefault(), true);
document.addEventListener("htmx:afterSettle", edges);
edges();
