// From the fields of a page to answers, in the shape the server stores.
import { pickedCode, typedValue } from "./typed.js";

const fieldsNamed = (holder, name) => [...holder.querySelectorAll("input, select, textarea")].filter((one) => one.name === name);
const valueNamed = (holder, name) => fieldsNamed(holder, name)[0]?.value ?? "";

/** The answer of one question element ([data-question]); undefined when nothing is answered. */
export function answerOf(holder, item) {
  const name = holder.dataset.item;
  if (item.m) {
    const values = severalOf(holder, item, name);
    return values.length ? values : undefined;
  }
  if (item.t === "choice") return choiceOf(holder, name) ?? undefined;
  if (item.t === "yes_no") return typedValue("yes_no", tickedOf(holder, name)) ?? undefined;
  if (item.t === "file" || item.t === "reference") return linkOf(holder, name);
  return typedValue(item.t, valueNamed(holder, name), valueNamed(holder, `${name}~unit`)) ?? undefined;
}

const tickedOf = (holder, name) => fieldsNamed(holder, name).find((one) => one.checked)?.value ?? "";

function linkOf(holder, name) {
  const id = valueNamed(holder, name);
  return id ? { id, type: valueNamed(holder, `${name}~type`) } : undefined;
}

function choiceOf(holder, name) {
  const fields = fieldsNamed(holder, name);
  const picked = fields[0]?.type === "radio" ? tickedOf(holder, name) : fields[0]?.value ?? "";
  if (picked && picked !== "~" && picked !== "-") return pickedCode(picked);
  if (picked === "-") return null;
  const code = valueNamed(holder, `${name}~code`);
  if (code) return { system: valueNamed(holder, `${name}~system`), code };
  const words = valueNamed(holder, `${name}~text`).trim();
  return words ? { text: words } : null;
}

function severalOf(holder, item, name) {
  if (item.t !== "choice") {
    const units = fieldsNamed(holder, `${name}~unit`);
    return fieldsNamed(holder, name)
      .map((one, index) => typedValue(item.t, one.value, units[index]?.value))
      .filter((value) => value !== null);
  }
  const picked = fieldsNamed(holder, name).filter((one) => one.checked).map((one) => pickedCode(one.value));
  const systems = fieldsNamed(holder, `${name}~system`);
  const coded = fieldsNamed(holder, `${name}~code`)
    .map((one, index) => ({ system: systems[index]?.value ?? "", code: one.value }))
    .filter(({ code }) => code);
  const words = fieldsNamed(holder, `${name}~text`).filter((one) => one.value.trim()).map((one) => ({ text: one.value.trim() }));
  return [...picked, ...coded, ...words];
}

/** The parent row's id of a row element, "" at the top. */
const rowAround = (element) => element.closest("[data-row-id]")?.dataset.rowId ?? "";

/** All answers of the page, with rows; `given` are those of other pages. */
export function collect(root, rules, given) {
  const answers = structuredClone(given);
  const rows = new Map([["", answers]]);
  for (const element of root.querySelectorAll("[data-repeat], [data-row-id], [data-question]")) {
    if (element.dataset.rowId !== undefined) {
      const repeat = element.closest("[data-repeat]");
      const entry = { row: element.dataset.rowId };
      (rows.get(rowAround(repeat))[repeat.dataset.repeat] ??= []).push(entry);
      rows.set(element.dataset.rowId, entry);
    }
    const item = rules.items[element.dataset.question];
    if (!item || item.r || item.value || element.dataset.repeat) continue;
    const value = element.dataset.given ? JSON.parse(element.dataset.given) : answerOf(element, item);
    const target = rows.get(element.dataset.row ?? "");
    if (value !== undefined && target) target[element.dataset.question] = value;
  }
  return answers;
}
