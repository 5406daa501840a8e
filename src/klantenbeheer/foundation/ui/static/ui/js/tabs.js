// The tab strip <nav class="tabs" id="tabs">: what does not fit goes under '» more', the current tab follows the address,
// and a tab that one is about to open is fetched before the click.
const FRESH = 8000; // ms that a fetched tab may still be shown
const strip = () => document.getElementById("tabs");
const path = (url) => new URL(url, location.href).pathname;
let order = [];

// As many tabs as fit stay in the strip, the current one always; the others move, in order, into the menu.
function fit() {
  const nav = strip();
  const more = nav?.querySelector("[data-more]");
  if (!more) return;
  const now = [...nav.querySelectorAll("[data-tab]")];
  if (!order[0]?.isConnected || order.length !== now.length) {
    order = now;
    order.forEach((tab, index) => (tab.dataset.index = String(index + 1)));
  }
  const menu = more.querySelector(".menu-items");
  const focused = document.activeElement;
  const gap = parseFloat(getComputedStyle(nav).columnGap) || 0;
  for (const tab of order) nav.insertBefore(tab, more);
  more.hidden = false;
  nav.setAttribute("data-fit", "");
  const style = getComputedStyle(nav);
  const room = nav.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const widths = order.map((tab) => tab.getBoundingClientRect().width + gap);
  const gear = nav.querySelector("[data-tabs-order]");
  const all = room - (gear ? gear.getBoundingClientRect().width + gap : 0);
  let left = all - more.getBoundingClientRect().width;
  let away = [];
  if (widths.reduce((sum, width) => sum + width, -gap) > all) {
    const current = order.findIndex((tab) => tab.hasAttribute("aria-current"));
    if (current !== -1) left -= widths[current];
    let full = false;
    away = order.filter((tab, index) => {
      if (index === current) return false;
      full ||= widths[index] > left;
      if (!full) left -= widths[index];
      return full;
    });
  }
  menu.append(...away);
  more.hidden = !away.length;
  if (!away.length) more.open = false;
  more.querySelector("[data-more-count]").textContent = String(away.length);
  if (focused !== document.activeElement && order.includes(focused) && focused.checkVisibility()) focused.focus();
}

function follow() {
  const nav = strip();
  if (!nav) return;
  for (const tab of nav.querySelectorAll("[data-tab]")) {
    if (path(tab.href) === location.pathname) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  fit();
}

const watcher = new ResizeObserver(() => fit());
function watch() {
  watcher.disconnect();
  order = [];
  if (!strip()) return;
  follow();
  watcher.observe(strip());
}

// -- fetched before the click --------------------------------------------------------------------------------------
let waiting = 0;
const fetched = new Map();

async function prefetch(tab) {
  const url = tab.getAttribute("hx-get");
  if (!url || tab.hasAttribute("aria-current") || Date.now() - (fetched.get(url)?.at ?? 0) < FRESH) return;
  const entry = { at: Date.now(), html: null };
  fetched.set(url, entry);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "tab" } });
    if (answer.ok && !answer.redirected) entry.html = await answer.text();
    else fetched.delete(url);
  } catch {
    fetched.delete(url); // The click asks again, and says what is wrong.
  }
}

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const tab = event.target.closest?.("#tabs [data-tab]");
    clearTimeout(waiting);
    if (tab) waiting = setTimeout(() => prefetch(tab), 60);
  });
}

// The click on a fetched tab shows it at once; any other click on a tab is an ordinary request.
document.addEventListener(
  "htmx:beforeRequest",
  (event) => {
    const { elt, requestConfig } = event.detail;
    if (requestConfig?.verb && requestConfig.verb !== "get") {
      fetched.clear(); // What is written may show on any tab.
      return;
    }
    if (!elt.matches?.("#tabs [data-tab]")) return;
    const url = elt.getAttribute("hx-get");
    const entry = fetched.get(url);
    fetched.delete(url);
    if (!entry?.html || Date.now() - entry.at > FRESH) return;
    event.preventDefault();
    event.stopPropagation();
    history.pushState({ htmx: true }, "", url);
    window.htmx.swap("#tab", entry.html, { swapStyle: "innerHTML" });
    opened();
  },
  true,
);

function opened() {
  follow();
  const body = document.getElementById("tab");
  if (body) body.scrollTop = 0;
}

// Something was undone: what the tab shows may be part of it. Or the card changed and the tab tells of that: it says so
// itself ([data-follows], with its address). An answer may bring both events; the tab is fetched once.
let due = false;
let anyhow = false;
function again(event) {
  anyhow ||= event.type === "kb:tab";
  if (due) return;
  due = true;
  // After the answer itself was put in its place: it may bring another tab.
  queueMicrotask(() => {
    const body = document.getElementById("tab");
    const follows = body?.querySelector("[data-follows]")?.dataset.follows;
    const address = follows || (anyhow && location.pathname + location.search);
    due = anyhow = false;
    if (body && address) window.htmx?.ajax("GET", address, { target: "#tab", swap: "innerHTML" });
  });
}
for (const name of ["kb:tab", "kb:card", "kb:card-whole"]) document.addEventListener(name, again);

for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory"]) document.addEventListener(name, opened);
document.addEventListener("htmx:oobAfterSwap", (event) => event.detail.target?.classList?.contains("count") && fit());
watch();
