// Rows of a repeating group: add and remove without a round trip. The buttons post when there is no script.
import { announce } from "../shell/status.js";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const own = (repeat, selector) => [...repeat.querySelectorAll(selector)].filter((one) => one.closest("[data-repeat]") === repeat);
const rowsOf = (repeat) => own(repeat, "[data-row-id]");

function renumber(repeat) {
  rowsOf(repeat).forEach((row, index) => {
    for (const place of row.querySelectorAll("[data-row-number]")) {
      if (place.closest("[data-row-id]") === row) place.textContent = String(index + 1);
    }
  });
  const none = rowsOf(repeat).length === 0;
  for (const table of own(repeat, "[data-rows-table]")) table.hidden = none;
  for (const sentence of own(repeat, "[data-rows-none]")) sentence.hidden = !none;
  const add = own(repeat, "[data-row-add]")[0];
  const most = Number(repeat.dataset.atMost || 0);
  if (add) add.disabled = most > 0 && rowsOf(repeat).length >= most;
}

/** Tell listeners (autosave, rules) that the set of rows changed. */
function tell(repeat) {
  const name = repeat.dataset.item;
  const marker = own(repeat, "input[type=hidden]").find((one) => one.name === name && !one.value);
  marker?.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Give a copied row its id: the token stands in names, ids and references, also in templates of inner rows. */
function rename(root, token, id) {
  for (const element of root.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes(token)) element.setAttribute(name, value.replaceAll(token, id));
    }
    if (element.localName === "template") rename(element.content, token, id);
  }
}

function addRow(repeat, phrases) {
  const template = own(repeat, "template[data-row-template]")[0];
  const place = own(repeat, "[data-rows]")[0];
  if (!template || !place) return;
  const copy = document.importNode(template.content, true);
  rename(copy, `__row${repeat.dataset.depth}__`, newId());
  const row = copy.firstElementChild;
  place.append(copy);
  renumber(repeat);
  tell(repeat);
  announce(fill(phrases.added, { label: repeat.dataset.rowLabel, number: rowsOf(repeat).length }));
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function removeRow(button, phrases) {
  const row = button.closest("[data-row-id]");
  const repeat = row.closest("[data-repeat]");
  const rows = rowsOf(repeat);
  const near = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
  row.remove();
  renumber(repeat);
  tell(repeat);
  announce(fill(phrases.removed, { label: repeat.dataset.rowLabel }));
  (near?.querySelector("[data-row-remove]") ?? own(repeat, "[data-row-add]")[0])?.focus();
}

/** Take over the add and remove buttons inside `root`. */
export function watchRows(root, phrases) {
  for (const repeat of root.querySelectorAll("[data-repeat]")) renumber(repeat);
  root.addEventListener("click", (event) => {
    const add = event.target.closest("[data-row-add]");
    const remove = event.target.closest("[data-row-remove]");
    const chosen = event.target.closest("[data-chosen-remove]");
    if (!add && !remove && !chosen) return;
    event.preventDefault();
    if (add) addRow(add.closest("[data-repeat]"), phrases);
    if (remove) removeRow(remove, phrases);
    if (chosen) removeChosen(chosen);
  });
  root.addEventListener("input", (event) => growLines(event.target));
}

function removeChosen(button) {
  const holder = button.closest("[data-question]");
  button.closest("[data-chosen-item]").remove();
  const box = holder.querySelector("[role=combobox]");
  box?.dispatchEvent(new Event("change", { bubbles: true }));
  box?.focus();
}

/** Several answers in lines: when the last one is used, another appears. */
function growLines(field) {
  const lines = field.closest("[data-several]");
  if (!lines || field !== lines.lastElementChild || field.value === "") return;
  const next = field.cloneNode();
  next.id = `${field.id}-${lines.children.length}`;
  next.value = "";
  next.removeAttribute("aria-describedby");
  next.setAttribute("aria-label", field.closest("[data-question]").dataset.label);
  lines.append(next);
}
