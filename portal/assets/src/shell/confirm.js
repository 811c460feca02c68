// data-confirm="Delete this record?" on a button, link or form: asks first, then lets it happen.
// One listener for the page, so that it also holds for rows that arrive later. Without scripts the
// server asks on a page of its own; the field `confirmed` tells it that the question was answered.
import { say } from "./dom.js";
import { confirmed } from "./dialog.js";

const agreed = new WeakSet();

export function watchConfirm() {
  document.addEventListener("click", onClick, true);
  document.addEventListener("submit", onSubmit, true);
}

function onClick(event) {
  const asked = event.target.closest?.("a[data-confirm], button[data-confirm]");
  if (!asked || agreed.has(asked)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  question(asked).then((yes) => yes && proceed(asked));
}

function proceed(element) {
  agreed.add(element);
  if (element.form) markConfirmed(element.form);
  element.click();
  agreed.delete(element);
}

function onSubmit(event) {
  const form = event.target;
  if (!form.dataset?.confirm || agreed.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  question(form, submitter).then((yes) => {
    if (!yes) return;
    agreed.add(form);
    markConfirmed(form);
    form.requestSubmit(submitter);
    agreed.delete(form);
  });
}

function question(element, submitter = element) {
  return confirmed({
    title: element.dataset.confirmTitle || say("confirm-title", "Are you sure?"),
    text: element.dataset.confirm,
    yes: element.dataset.confirmYes || submitter?.textContent.trim() || say("confirm-yes", "Yes, go on"),
    danger: element.dataset.confirmKind !== "plain",
  });
}

function markConfirmed(form) {
  if (form.elements.namedItem("confirmed")) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "confirmed", value: "yes" });
  form.append(field);
}
