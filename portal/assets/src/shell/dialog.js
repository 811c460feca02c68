// Questions to the reader in a native <dialog>: focus stays inside, Escape means "no",
// and focus returns to where it was.
import { freshId, make, say } from "./dom.js";

/**
 * Show a dialog and wait for the answer.
 * `choices` is a list of {value, label, kind}; resolves with the chosen value, or "" when closed.
 */
export function ask({ title, body, choices, wide = false, focus = "" }) {
  const id = freshId("dialog-title");
  const dialog = make("dialog", { class: `dialog${wide ? " dialog-wide" : ""}`, "aria-labelledby": id });
  const buttons = choices.map(({ value, label, kind }) =>
    make("button", { type: "button", class: `btn btn-${kind ?? "secondary"}`, "data-value": value, onclick: () => dialog.close(value) }, label),
  );
  const content = typeof body === "string" ? make("p", {}, body) : body;
  dialog.append(make("h2", { id }, title), content ?? "", make("div", { class: "actions" }, ...buttons));
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  (buttons.find((button) => button.dataset.value === focus) ?? buttons[0])?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
  });
}

/** Ask for a yes; the safe answer has the focus. */
export async function confirmed({ title, text, yes, danger = true }) {
  const answer = await ask({
    title,
    body: text,
    focus: "no",
    choices: [
      { value: "no", label: say("cancel", "Cancel") },
      { value: "yes", label: yes, kind: danger ? "danger" : "primary" },
    ],
  });
  return answer === "yes";
}
