// What every htmx request shares: the bar at the top after 300 ms, focus that stays, a word when the line is down.
const bar = document.querySelector(".top-progress");
let open = 0;
let timer = 0;
let focused = "";
let region = "";

function stop() {
  clearTimeout(timer);
  bar?.removeAttribute("data-on");
}

document.addEventListener("htmx:beforeRequest", () => {
  open += 1;
  if (open === 1) timer = setTimeout(() => bar?.setAttribute("data-on", ""), 300);
});
document.addEventListener("htmx:afterRequest", () => {
  open = Math.max(0, open - 1);
  if (!open) stop();
});
// Out of the browser's cache: what was under way then is not any more. A page that loads counts on from its first request.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  open = 0;
  stop();
});

// Whoever signed in again in another tab has a new token; the one in this page is of before.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (!token) return;
  detail.headers["X-CSRFToken"] = token;
  if (detail.parameters.csrfmiddlewaretoken) detail.parameters.csrfmiddlewaretoken = token;
});

// An element that is swapped for one with the same id keeps focus by htmx itself; by name and place we do it.
document.addEventListener("htmx:beforeSwap", () => {
  focused = document.activeElement?.dataset?.focusKey || "";
  region = document.activeElement?.closest?.("#tab, #results")?.id || "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) {
    // What was deleted cannot have focus; what it stood in can.
    const next = focused && document.querySelector(`[data-focus-key="${CSS.escape(focused)}"]`);
    (next || (region && document.getElementById(region)))?.focus?.({ preventScroll: true });
  }
  focused = region = "";
});

function say(key) {
  const message = document.getElementById("ui-words")?.dataset[key];
  if (message) document.body.dispatchEvent(new CustomEvent("kb:toast", { bubbles: true, detail: { message, tone: "danger" } }));
}
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => say("offline"));
// Only answers that are not swapped come here (see responseHandling in base.html).
document.addEventListener("htmx:responseError", () => say("failed"));
