// Two people changed the same answer: show both texts, let the reader choose, keep the other one in sight.
import { make, moment, say } from "../shell/dom.js";
import { ask } from "../shell/dialog.js";
import { asText, fieldsOf, putValue, titleOf, valueOf } from "./values.js";

/**
 * Ask about one conflict {item, mine, theirs, theirs_by, theirs_at}.
 * Resolves with "mine" or "theirs"; closing the dialog keeps mine, because it is what is on the screen.
 */
export async function settle(form, conflict) {
  const { item } = conflict;
  const mine = valueOf(form, item);
  const body = make(
    "div",
    {},
    make("p", {}, say("conflict-text", "Somebody else changed this answer while you were writing. Both versions are shown; the one you do not keep stays below the field.")),
    make(
      "div",
      { class: "versions" },
      version(say("conflict-mine", "Your version"), "", asText(form, item, mine)),
      version(say("conflict-theirs", "Their version"), byline(conflict), asText(form, item, conflict.theirs)),
    ),
  );
  const answer = await ask({
    title: titleOf(form, item),
    body,
    wide: true,
    focus: "mine",
    choices: [
      { value: "theirs", label: say("take-theirs", "Take theirs") },
      { value: "mine", label: say("keep-mine", "Keep mine"), kind: "primary" },
    ],
  });
  if (answer !== "theirs") {
    keepBelow(form, item, say("kept-theirs", "Their version"), conflict.theirs);
    return "mine";
  }
  putValue(form, item, conflict.theirs);
  keepBelow(form, item, say("kept-mine", "Your earlier version"), mine);
  return "theirs";
}

function version(title, by, text) {
  return make(
    "section",
    { class: "version" },
    make("h3", {}, title),
    by ? make("p", { class: "small text-body-secondary mb-0" }, by) : null,
    make("pre", { tabindex: "0", "aria-label": title }, text || say("empty-answer", "(empty)")),
  );
}

function byline({ theirs_by: by, theirs_at: at }) {
  const when = at && moment(new Date(at));
  return [by, when].filter(Boolean).join(", ");
}

/** The version that was not kept stays under the field until it is closed, with a way to use it. */
function keepBelow(form, item, title, value) {
  const [field] = fieldsOf(form, item);
  if (!field) return;
  const holder = field.closest("[data-item], .field") ?? field.parentElement;
  const note = make("details", { class: "fold kept-version", open: true }, make("summary", {}, title));
  const use = make("button", { type: "button", class: "btn btn-sm btn-secondary" }, say("use-this", "Use this instead"));
  const close = make("button", { type: "button", class: "btn btn-sm btn-quiet" }, say("close", "Close"));
  use.addEventListener("click", () => {
    const present = valueOf(form, item);
    putValue(form, item, value);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    note.remove();
    keepBelow(form, item, title, present);
  });
  close.addEventListener("click", () => note.remove());
  const text = make("p", { class: "prewrap" }, asText(form, item, value) || say("empty-answer", "(empty)"));
  note.append(make("div", { class: "fold-body" }, text, make("div", { class: "actions" }, use, close)));
  holder.append(note);
}
