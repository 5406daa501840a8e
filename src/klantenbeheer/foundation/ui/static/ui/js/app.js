// The one script of every page: it only gathers the parts.
import "./theme.js";
import "./requests.js";
import "./dialogs.js";
import "./toasts.js";
import "./keyboard.js";
import "./menus.js";
import "./tabs.js";
import "./actions.js";
import "./search.js";
import "./palette.js";
import "./recent.js";
import "./edit.js";
import "./guard.js";
import "./select.js";
import "./drop.js";
import "./picture.js";
import "./due.js";
