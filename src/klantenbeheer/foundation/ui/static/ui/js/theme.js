// Light, dark, or as the system says. Buttons: [data-theme-choice=system|light|dark].
// early.js has set data-theme on <html> before the first paint.
const KEY = "kb:theme";

function read() {
  try {
    return localStorage.getItem(KEY) || "system";
  } catch {
    return "system";
  }
}

function apply(choice) {
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
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
    // Storage is switched off: the choice holds for this page.
  }
  apply(button.dataset.themeChoice);
});
addEventListener("storage", (event) => event.key === KEY && apply(read()));
apply(read());
