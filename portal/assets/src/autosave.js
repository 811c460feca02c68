// Autosave for every form with data-autosave-url: consultation forms, answer boxes, outcome drafts.
//
//   <form data-autosave-url="/…/draft" data-version="7">
//     <div data-item="onset_age" data-version="3"> … fields … </div>
//     <p data-save-state></p>
//   </form>
//
// Sends {changes: {item: value}, base: {item: version}, version, key} and reads {version, versions, left,
// saved_at}, or 409 {conflicts: [{item, mine, theirs, theirs_by, theirs_at, version}]}. See docs/look.md.
// What was typed stays in this page's memory until the server has it; nothing is written to the browser's stores.
import { attach } from "./autosave/controller.js";

export { attach };

/** Attach autosave to the forms of the page; more may be attached later with `attach(form)`. */
export function watchAutosave(root = document) {
  for (const form of root.querySelectorAll("form[data-autosave-url]")) attach(form);
}
