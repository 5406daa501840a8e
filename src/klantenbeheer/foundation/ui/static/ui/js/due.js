// A part that says until when it is true ([data-due], milliseconds since 1970) is asked for again then (kb:due).
const MOST = 2 ** 31 - 1; // the longest a timer can wait

function wait(part) {
  if (part.dataset.waiting === part.dataset.due) return;
  part.dataset.waiting = part.dataset.due;
  const left = Number(part.dataset.due) - Date.now();
  // A second later: the server's clock may be behind this one.
  if (left < MOST) setTimeout(() => part.isConnected && htmx.trigger(part, "kb:due"), Math.max(left, 0) + 1000);
}

function look() {
  document.querySelectorAll("[data-due]").forEach(wait);
}

document.addEventListener("htmx:load", look);
document.addEventListener("visibilitychange", () => {
  // A machine that slept held its timers back.
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-due]"))
    if (Number(part.dataset.due) < Date.now()) htmx.trigger(part, "kb:due");
});
look();
