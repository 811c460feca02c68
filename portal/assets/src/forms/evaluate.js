// A whole form in the browser: which items are visible, what is calculated, row by row. Mirrors
// portal/forms/evaluation; constraints count only as far as they make an answer unknown.
import * as dec from "./decimal.js";
import { moment, timeOfDay } from "./moments.js";
import { EvaluationError, Frame, matches, plain, run } from "./expressions.js";

const precisionNeeds = { year: 1, month: 2, day: 3, any: 1 };
const numberPattern = /^-?\d{1,15}(\.\d{1,15})?$/;
const answerless = new Set(["note", "section", "group", "table"]);

/** Facts around the form as values; `facts` holds texts, booleans and codes by name. */
export function contextOf(facts, kinds = {}) {
  const context = {};
  for (const [name, value] of Object.entries(facts)) {
    const kind = kinds[name] ?? (name === "today" || name === "visit_date" ? "date" : "");
    if (kind === "date") context[name] = moment(value);
    else if (value && typeof value === "object") context[name] = { s: value.system ?? "", c: value.code };
    else context[name] = value;
  }
  return context;
}

function readChoice(item, value, aliases) {
  if (value && typeof value.text === "string") return item.ot && value.text ? value.text : null;
  if (!value || typeof value.code !== "string") return null;
  const system = aliases[value.system ?? ""] ?? value.system ?? "";
  const option = (item.o ?? []).find(([s, c]) => s === system && c === value.code);
  if (option) return { s: option[0], c: option[1], score: option[2] === undefined ? null : dec.decimal(option[2]) };
  return item.from ? { s: system, c: value.code, score: null } : null;
}

const places = (text) => (text.split(".")[1] ?? "").replace(/0+$/, "").length;
const tooFine = (item, text) => item.d !== undefined && places(text) > item.d;

const readers = {
  integer: (item, value) => (Number.isInteger(value) ? dec.decimal(String(value)) : null),
  decimal: (item, value) => {
    const text = String(value);
    return numberPattern.test(text) && !tooFine(item, text) ? dec.decimal(text) : null;
  },
  quantity: (item, value) => {
    const fits = value && numberPattern.test(value.value) && !tooFine(item, value.value);
    return fits && ((item.u ?? []).includes(value.unit) || item.uo) ? { q: dec.decimal(value.value), u: value.unit } : null;
  },
  yes_no: (item, value) => (typeof value === "boolean" ? value : null),
  date: (item, value) => {
    const found = moment(value);
    return found && found.d.length <= 3 && found.d.length >= (precisionNeeds[item.pr] ?? 3) ? found : null;
  },
  datetime: (item, value) => { const found = moment(value); return found && found.d.length > 3 ? found : null; },
  time: (item, value) => timeOfDay(value),
  choice: readChoice,
  file: (item, value) => value?.id ?? null,
  reference: (item, value) => (value?.id ? `${value.type}/${value.id}` : null),
};

const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function readText(item, value) {
  if (typeof value !== "string" || value === "" || control.test(value)) return null;
  if (item.t === "url" && !/^https?:\/\/[^\s/?#]+\S*$/.test(value)) return null;
  const size = [...value].length;
  if ((item.xl && size > item.xl) || (item.nl && size < item.nl)) return null;
  return item.pt && !matches(value, item.pt) ? null : value;
}

function read(item, value, frame) {
  if (value === null || value === undefined) return null;
  const typed = (readers[item.t] ?? readText)(item, value, frame.shared.aliases);
  if (typed === null) return null;
  return withinLimits(item.lo, typed, frame, "<") && withinLimits(item.hi, typed, frame, ">") ? typed : null;
}

function withinLimits(limit, typed, frame, operator) {
  if (!limit) return true;
  const inner = new Frame(frame.shared);
  inner.values.set("it", typed);
  try {
    return run([operator, ["ref", 0, "it"], limit], inner) !== true;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return zeroLimit(limit, typed, operator);
  }
}

/** In another kind of unit only the sign can be compared, with a limit of 0. */
function zeroLimit(limit, typed, operator) {
  if (limit[0] !== "qty" || Number(limit[1]) !== 0) return true;
  const found = dec.compare(typed.q, [0n, 0]);
  return operator === "<" ? found >= 0 : found <= 0;
}

function attempt(tree, frame) {
  try {
    return run(tree, frame);
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

function stored(item, value) {
  if (value === null || Array.isArray(value) && !dec.isDecimal(value)) return null;
  if (item.t === "integer") {
    const text = dec.isDecimal(value) ? dec.text(value) : "";
    return /^-?\d{1,15}$/.test(text) ? Number(text) : null;
  }
  if (item.t === "decimal") return dec.isDecimal(value) ? limited(value, item.d) : null;
  if (item.t === "quantity") return storedQuantity(item, value);
  if (item.t === "choice") return storedChoice(item, value);
  return plain(value);
}

function limited(value, decimals) {
  const text = dec.text(dec.rounded(value, Math.min(decimals ?? 12, 12)) ?? value);
  return numberPattern.test(text) ? text : null;
}

function storedQuantity(item, value) {
  if (!value.u) return null;
  return { value: limited(value.q, item.d), unit: value.u };
}

function storedChoice(item, value) {
  const code = typeof value === "string" ? value : value.c;
  const option = (item.o ?? []).find(([s, c]) => c === code && (typeof value === "string" || s === value.s));
  return option ? { system: option[0], code: option[1] } : null;
}

function buildFrames(form, answers, shared) {
  const root = new Frame(shared);
  root.answers = answers;
  const scopes = new Map([["", [root]]]);
  for (const [id, item] of Object.entries(form.items)) {
    if (!item.r) continue;
    const scope = (item.s ?? []).join(" ");
    const inner = [];
    for (const frame of scopes.get(scope) ?? []) {
      const rows = (frame.answers[id] ?? []).map((entry) => {
        const row = new Frame(shared, frame, entry.row);
        row.answers = entry;
        return row;
      });
      frame.rows.set(id, rows);
      inner.push(...rows);
    }
    scopes.set([...(item.s ?? []), id].join(" "), inner);
  }
  return [root, scopes];
}

function evaluateItem(id, item, frame, computed) {
  const scope = item.s ?? [];
  if (item.p) {
    const around = scope.at(-1) === item.p ? frame.up : frame;
    if (!around?.visible.has(item.p)) return;
  }
  if (item.show && attempt(item.show, frame) !== true) return;
  frame.visible.add(id);
  if (item.r || answerless.has(item.t)) return;
  let value = frame.answers[id];
  if (item.value) {
    value = stored(item, attempt(item.value, frame));
    computed.push({ item: id, row: frame.row, value });
  }
  if (item.m && Array.isArray(value)) {
    const values = [];
    const seen = new Set();
    for (const one of value) {
      const typed = read(item, one, frame);
      const key = JSON.stringify(plain(typed));
      if (typed !== null && !seen.has(key)) values.push(typed);
      seen.add(key);
    }
    if (values.length) frame.values.set(id, values);
  } else {
    const typed = item.m ? null : read(item, value, frame);
    if (typed !== null) frame.values.set(id, typed);
  }
}

/** Evaluate a form: {visible: Map(row → Set(id)), computed: [{item, row, value}], hiddenOptions: Set("item@row system|code"), needed}. */
export function evaluateForm(form, answers, context) {
  const shared = { context, units: form.units, aliases: form.aliases ?? {} };
  const [root, scopes] = buildFrames(form, answers, shared);
  const computed = [];
  for (const name of form.steps) {
    const item = form.items[name];
    const entry = item ?? form.lets[name];
    for (const frame of scopes.get((entry.s ?? []).join(" ")) ?? []) {
      if (item) evaluateItem(name, item, frame, computed);
      else {
        const value = attempt(entry.v, frame);
        if (value !== null) frame.values.set(name, value);
      }
    }
  }
  const visible = new Map();
  for (const frames of scopes.values()) for (const frame of frames) visible.set(frame.row, frame.visible);
  return { visible, computed, hiddenOptions: hiddenOptions(form, scopes), needed: needed(form, scopes), root };
}

const named = (id, frame) => (frame.row ? `${id}@${frame.row}` : id);

/** Names (`item` or `item@row`) of what a condition requires now. */
function needed(form, scopes) {
  const found = new Set();
  for (const [id, item] of Object.entries(form.items)) {
    if (!Array.isArray(item.req)) continue;
    for (const frame of scopes.get((item.s ?? []).join(" ")) ?? []) {
      if (frame.visible.has(id) && attempt(item.req, frame) === true) found.add(named(id, frame));
    }
  }
  return found;
}

function hiddenOptions(form, scopes) {
  const hidden = new Set();
  for (const [id, item] of Object.entries(form.items)) {
    for (const [system, code, tree] of item.os ?? []) {
      for (const frame of scopes.get((item.s ?? []).join(" ")) ?? []) {
        if (attempt(tree, frame) !== true) hidden.add(`${named(id, frame)} ${system}|${code}`);
      }
    }
  }
  return hidden;
}
