// Runs on every page. Each module looks for its own markup and does nothing without it:
// pages are complete without scripts, scripts only make them quicker.
import "./styles/main.css";
import { watchAutosave } from "./autosave.js";
import { watchAutosubmit } from "./shell/autosubmit.js";
import { watchBulk } from "./shell/bulk.js";
import { watchConfirm } from "./shell/confirm.js";
import { focusErrorSummary } from "./shell/errors.js";
import { watchFilters } from "./shell/filters.js";
import { watchInlineLists } from "./shell/inline-lists.js";
import { watchMenus } from "./shell/menus.js";
import { watchSession } from "./shell/session.js";
import { watchShortcuts } from "./shell/shortcuts.js";
import { showFlashes } from "./shell/status.js";
import { watchTheme } from "./shell/theme.js";
import { watchUnsaved } from "./shell/unsaved.js";

watchMenus();
watchTheme();
watchConfirm();
watchAutosubmit();
watchBulk();
watchFilters();
watchInlineLists();
watchShortcuts();
watchUnsaved();
watchAutosave();
watchSession();
showFlashes();
focusErrorSummary();

// Long selects, tags and lookups get a search field; the code for it is fetched only where there is one.
const searchable = [...document.querySelectorAll("select[data-search], select[data-load], input[data-role^='select2']")];
const enhanced = searchable.filter((field) => field.tagName === "INPUT" || field.multiple || field.dataset.load || field.options.length > 16);
if (enhanced.length) import("./selects/enhance.js").then((part) => part.enhance(enhanced));
