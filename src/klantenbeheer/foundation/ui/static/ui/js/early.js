// Loaded in <head>, blocking and tiny: sets the theme before anything is painted, so nothing flashes.
try {
  const choice = localStorage.getItem("kb:theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
} catch {
  // Storage is switched off: the system's theme holds.
}
