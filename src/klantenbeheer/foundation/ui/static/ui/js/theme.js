// Light, dark, or as the system says. Buttons: [data-theme-choice=system|light|dark]; they also send it to the server,
// which draws data-theme and data-saved on <html> from then on (early.js: the pages before signing in).
const KEY = "kb:theme";
const root = document.documentElement;

function read() {
  try {
    return localStorage.getItem(KEY) || root.dataset.saved || "system";
  } catch {
    return root.dataset.saved || "system";
  }
}

function apply(choice) {
  if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  else delete root.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  try {
    localStorage.setItem(KEY, button.dataset.themeChoice);
  } catch {
    // Storage is switched off: other windows follow at their next page.
  }
  apply(button.dataset.themeChoice);
});
// Another window chose.
addEventListener("storage", (event) => event.key === KEY && apply(read()));
apply(root.dataset.saved || read());
