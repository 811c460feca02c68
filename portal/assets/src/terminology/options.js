// Draws the hits of a search as options of a listbox. Text is set as text, never as markup.
import { make, say } from "../shell/dom.js";

/** One option: code, preferred name, and below it why it was found and what to mind. */
export function option(hit, id) {
  const usable = hit.selectable || (hit.inactive && hit.replaced_by);
  const head = make(
    "span",
    { class: "combobox-head" },
    make("span", { class: "combobox-name", lang: hit.language || null }, hit.display),
    make("span", { class: "combobox-code" }, hit.shown_code),
  );
  const notes = notesOf(hit).map((note) => make("span", { class: `combobox-note ${note.kind}` }, ...note.parts));
  return make(
    "li",
    { role: "option", id, class: "combobox-option", "aria-selected": "false", "aria-disabled": usable ? null : "true" },
    head,
    ...notes,
  );
}

function notesOf(hit) {
  const notes = [];
  const foundByName = hit.matched && hit.matched !== hit.display && hit.matched_language;
  if (foundByName) {
    const name = make("span", { lang: hit.matched_language }, hit.matched);
    notes.push({ kind: "is-matched", parts: [`${say("found-as", "Found as")} “`, name, `” (${hit.matched_language})`] });
  }
  if (hit.corrected_from) {
    notes.push({ kind: "is-corrected", parts: [say("corrected-from", "Corrected from “{typed}”", { typed: hit.corrected_from })] });
  }
  if (hit.inactive) notes.push({ kind: "is-inactive", parts: [inactive(hit)] });
  else if (!hit.selectable) notes.push({ kind: "is-group", parts: [say("group-only", "A group: choose one of its entries")] });
  return notes;
}

function inactive(hit) {
  if (!hit.replaced_by) return say("no-longer-used", "No longer in use");
  const values = { code: hit.replaced_by, name: hit.replaced_by_display || hit.replaced_by };
  return say("replaced-by", "No longer in use; choosing it takes {name} ({code})", values);
}

/** What a screen reader hears when the list has changed. */
export function countText(number) {
  if (!number) return say("nothing-found", "Nothing found");
  if (number === 1) return say("one-found", "1 entry found; use the arrow keys");
  return say("some-found", "{number} entries found; use the arrow keys", { number });
}
