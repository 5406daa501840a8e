// Which customers this user opened last in this browser: their numbers, nothing else. The server names them to who may see
// them; it keeps no list of who looked at whom.
const KEY = `kb:recent:${document.body.dataset.user || ""}`;
const MOST = 20;

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(found) ? found.filter((one) => /^[\w.-]{1,20}$/.test(one)) : [];
  } catch {
    return []; // Storage is switched off, or somebody changed it by hand.
  }
}

const head = document.getElementById("card-head");
const number = head?.dataset.number;
if (number && document.body.dataset.user) {
  try {
    localStorage.setItem(KEY, JSON.stringify([number, ...read().filter((one) => one !== number)].slice(0, MOST)));
  } catch {
    // Nothing is remembered then.
  }
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches("[data-recent]")) return;
  detail.parameters.recent = read().join(",");
  // On a card as it was nothing is done: what the palette offers there would change it as it is now.
  if (!new URLSearchParams(location.search).has("at")) detail.parameters.at = location.pathname;
});
