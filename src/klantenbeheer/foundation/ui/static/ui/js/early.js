// Loaded in <head>, blocking and tiny: sets the theme before anything is painted, so nothing flashes.
// Who is signed in has his own (data-saved, drawn by the server); the browser remembers it for the sign-in page.
try {
  const root = document.documentElement;
  const choice = root.dataset.saved || localStorage.getItem("kb:theme");
  if (root.dataset.saved) localStorage.setItem("kb:theme", choice);
  else if (choice === "light" || choice === "dark") root.dataset.theme = choice;
} catch {
  // Storage is switched off: before signing in the system's theme holds.
}
