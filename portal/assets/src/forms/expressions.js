// The browser's interpreter of form expressions. Same trees, same meaning as portal/forms/expressions; both run
// tests/forms/vectors/expression_vectors.json. `null` is unknown. The server decides on save; this is only quicker.
import * as dec from "./decimal.js";
import { addSpan, between, compareMoments, isMoment, isTime, moment, shown, timeOfDay } from "./moments.js";

export class EvaluationError extends Error {}

const clash = (message) => { throw new EvaluationError(message); };
const isQuantity = (value) => value !== null && typeof value === "object" && "q" in value;
const isCoded = (value) => value !== null && typeof value === "object" && "c" in value;
const isList = (value) => Array.isArray(value) && !dec.isDecimal(value);

/** A row of values, or the form outside rows. `shared` = {context, units, items}. */
export class Frame {
  constructor(shared, up = null, row = "") {
    Object.assign(this, { shared, up, row, values: new Map(), rows: new Map(), visible: new Set(), answers: {} });
  }

  climb(steps) {
    let frame = this;
    for (let i = 0; i < steps; i += 1) frame = frame.up ?? frame;
    return frame;
  }
}

function convert(value, unit, units) {
  if (value.u === unit) return value.q;
  const [from, to] = [units[value.u], units[unit]];
  if (!from || !to || from[2] !== to[2]) clash("units that do not measure the same");
  const [numerator, denominator] = reduce(BigInt(from[0]) * BigInt(to[1]), BigInt(from[1]) * BigInt(to[0]));
  const product = dec.multiply(value.q, [numerator, 0]);
  const scaled = product && dec.divide(product, [denominator, 0]);
  if (!scaled || (from.length < 4 && to.length < 4)) return scaled;
  const [a, b] = [from[3] ?? "0", from[4] ?? "1"].map(BigInt);
  const [c, d] = [to[3] ?? "0", to[4] ?? "1"].map(BigInt);
  const shift = reduce((a * d - c * b) * BigInt(to[1]), b * d * BigInt(to[0]));
  return dec.add(scaled, dec.divide([shift[0], 0], [shift[1], 0]));
}

function reduce(numerator, denominator) {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b) [a, b] = [b, a % b];
  return [numerator / a, denominator / a];
}

function order(left, right, units) {
  if (dec.isDecimal(left) && dec.isDecimal(right)) return dec.compare(left, right);
  if (isQuantity(left) && isQuantity(right)) return dec.compare(left.q, convert(right, left.u, units));
  if ((isMoment(left) && isMoment(right)) || (isTime(left) && isTime(right))) return compareMoments(left, right);
  return clash("values of different kinds");
}

function equal(left, right, units) {
  if (isCoded(left) && isCoded(right)) return left.c === right.c && left.s === right.s;
  if (typeof left === "string" && typeof right === "string") return left === right;
  if ((isCoded(left) && typeof right === "string") || (typeof left === "string" && isCoded(right))) return false;
  if (typeof left === "boolean" && typeof right === "boolean") return left === right;
  const found = order(left, right, units);
  return found === null ? null : found === 0;
}

const known = (value) => value !== null && value !== undefined && !(isList(value) && value.length === 0);

/** True when the test holds for at least one pair; unknown when it might. */
function several(left, right, test) {
  const found = [];
  for (const one of isList(left) ? left : [left]) {
    for (const other of isList(right) ? right : [right]) found.push(one === null || other === null ? null : test(one, other));
  }
  if (found.includes(true)) return true;
  return found.includes(null) || found.length === 0 ? null : false;
}

function compared(node, frame, test) {
  const [left, right] = [run(node[1], frame), run(node[2], frame)];
  return left === null || right === null ? null : several(left, right, test);
}

const ordering = (wanted) => (node, frame) => compared(node, frame, (a, b) => {
  const found = order(a, b, frame.shared.units);
  return found === null ? null : wanted(found);
});

function isNot(node, frame) {
  if (run(node[2], frame) === null) return null;
  if (!known(run(node[1], frame))) return true;
  const same = compared(node, frame, (a, b) => equal(a, b, frame.shared.units));
  return same === null ? null : !same;
}

function arithmetic(node, frame, apply) {
  const values = [];
  for (const part of node.slice(1)) {
    const value = run(part, frame);
    if (value === null) return null;
    if (isList(value)) clash("several answers need sum(…), max(…) or first(…) here");
    values.push(value);
  }
  return apply(...values, frame.shared.units);
}

const amount = (q, u) => (q === null ? null : { q, u });

function plus(left, right, units) {
  if (dec.isDecimal(left) && dec.isDecimal(right)) return dec.add(left, right);
  if (isQuantity(left) && isQuantity(right)) return amount(dec.add(left.q, convert(right, left.u, units)), left.u);
  if (isMoment(left) && right.span) return addSpan(left, right.amount, right.span);
  return clash("these values cannot be added");
}

function minus(left, right, units) {
  return right.span ? plus(left, { ...right, amount: -right.amount }, units) : plus(left, negative(right), units);
}

function negative(value) {
  if (dec.isDecimal(value)) return dec.negate(value);
  return isQuantity(value) ? amount(dec.negate(value.q), value.u) : clash("this value has no opposite");
}

function times(left, right) {
  if (isQuantity(left) && dec.isDecimal(right)) return amount(dec.multiply(left.q, right), left.u);
  if (isQuantity(right) && dec.isDecimal(left)) return times(right, left);
  return dec.isDecimal(left) && dec.isDecimal(right) ? dec.multiply(left, right) : clash("these values cannot be multiplied");
}

function over(left, right, units) {
  if (isQuantity(left) && isQuantity(right)) return dec.divide(left.q, convert(right, left.u, units));
  if (isQuantity(left) && dec.isDecimal(right)) return amount(dec.divide(left.q, right), left.u);
  return dec.isDecimal(left) && dec.isDecimal(right) ? dec.divide(left, right) : clash("these values cannot be divided");
}

function power(left, right) {
  return dec.isDecimal(left) && dec.isDecimal(right) ? dec.power(left, right) : clash("only numbers can be raised to a power");
}

function every(node, frame, stop) {
  let result = !stop;
  for (const part of node.slice(1)) {
    const value = run(part, frame);
    if (value === stop) return stop;
    if (value === null) result = null;
  }
  return result;
}

function each([, up, path, body], frame) {
  let frames = [frame.climb(up)];
  for (const repeat of path) frames = frames.flatMap((one) => one.rows.get(repeat) ?? []);
  return frames.map((row) => run(body, row));
}

function answered(node, frame) {
  const value = run(node[1], frame);
  return isList(value) ? value.some((one) => one !== null) : value !== null;
}

function inside(node, frame) {
  const value = run(node[1], frame);
  if (value === null) return null;
  return several(value, node[2].slice(1).map((part) => run(part, frame)), (a, b) => equal(a, b, frame.shared.units));
}

// Functions: see portal/forms/expressions/functions.py.
const whole = (n) => [BigInt(n), 0];
const small = (value) => Number(dec.text(value).split(".")[0]);
const counted = (unit) => (start, end) => {
  const found = between(start, end, unit);
  return found === null ? null : whole(found);
};

function total(values, units) {
  const [first, ...rest] = values;
  if (isQuantity(first)) {
    return amount(rest.reduce((sum, value) => dec.add(sum, isQuantity(value) ? convert(value, first.u, units) : clash("a plain number")), first.q), first.u);
  }
  return values.reduce((sum, value) => (dec.isDecimal(value) ? dec.add(sum, value) : clash("only numbers can be added up")), whole(0));
}

function mean(values, units) {
  const sum = total(values, units);
  const count = whole(values.length);
  return isQuantity(sum) ? amount(dec.divide(sum.q, count), sum.u) : dec.divide(sum, count);
}

const extreme = (sign) => (values, units) => {
  let best = null;
  for (const value of values) {
    const found = best === null ? 0 : order(value, best, units);
    if (found === null) return null;
    if (best === null || found * sign > 0) best = value;
  }
  return best;
};

const ofKnown = (apply) => (values, frame, all) => {
  const found = values.filter((value) => value !== null);
  return found.length === 0 || (all && found.length < values.length) ? null : apply(found, frame.shared.units);
};

const aggregates = {
  sum: ofKnown(total),
  mean: ofKnown(mean),
  min: ofKnown(extreme(-1)),
  max: ofKnown(extreme(1)),
  count: (values) => whole(values.filter((value) => value !== null).length),
  count_where: (values) => whole(values.filter((value) => value === true).length),
  any: (values) => (values.includes(true) ? true : values.includes(null) ? null : false),
  all: (values) => (values.includes(false) ? false : values.includes(null) ? null : true),
  first: (values) => values.find((value) => value !== null) ?? null,
  last: (values) => values.filter((value) => value !== null).at(-1) ?? null,
};

function score(value) {
  if (isList(value)) return value.map(score);
  return isCoded(value) ? value.score ?? null : null;
}

function pattern(text) {
  const body = text.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
  try {
    return new RegExp(`^(?:${body})$`, "su");
  } catch {
    return new RegExp(`^(?:${body})$`, "s");
  }
}

export const matches = (text, written) => pattern(written).test(text);

const functions = {
  round: (value, places = whole(0)) => (isQuantity(value) ? amount(dec.rounded(value.q, small(places)), value.u) : dec.rounded(value, small(places))),
  abs: (value) => (isQuantity(value) ? amount(dec.absolute(value.q), value.u) : dec.absolute(value)),
  sqrt: dec.squareRoot,
  ln: dec.naturalLog,
  exp: dec.exponential,
  years_between: counted("years"),
  months_between: counted("months"),
  days_between: counted("days"),
  length: (text) => whole([...text].length),
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  trim: (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""),
  contains: (text, part) => text.includes(part),
  starts_with: (text, part) => text.startsWith(part),
  matches,
  concat: (...parts) => parts.join(""),
  before: (text, mark) => (mark && text.includes(mark) ? text.slice(0, text.indexOf(mark)) : text),
  after: (text, mark) => (mark && text.includes(mark) ? text.slice(text.indexOf(mark) + mark.length) : ""),
  score,
};

function call([, name, ...rest], frame) {
  const { context, units } = frame.shared;
  if (name === "today" || name === "visit_date") return context[name] ?? null;
  if (name === "if") {
    const holds = run(rest[0], frame);
    return holds === null ? null : run(rest[holds ? 1 : 2], frame);
  }
  if (name === "default") {
    const value = run(rest[0], frame);
    return known(value) ? value : run(rest[1], frame);
  }
  const options = rest.at(-1) && !Array.isArray(rest.at(-1)) ? rest.pop() : {};
  const values = rest.map((part) => run(part, frame));
  if (aggregates[name]) return aggregates[name](flat(values), frame, options.all === true);
  if (values.includes(null)) return null;
  if (name === "in_unit") return convert(values[0], values[1], units);
  if (name !== "score" && values.some(isList)) clash("several answers need first(…), any(…) or all(…) here");
  return functions[name](...values);
}

const flat = (values) => values.flatMap((value) => (isList(value) ? flat(value) : [value]));

const operators = {
  num: ([, text]) => dec.decimal(text),
  str: ([, text]) => text,
  bool: ([, value]) => value,
  code: ([, s, c]) => ({ s, c }),
  qty: ([, text, u]) => ({ q: dec.decimal(text), u }),
  dur: ([, count, span]) => ({ amount: Number(count), span }),
  date: ([, text]) => moment(text),
  time: ([, text]) => timeOfDay(text),
  ref: ([, up, name], frame) => frame.climb(up).values.get(name) ?? null,
  ctx: ([, name], frame) => frame.shared.context[name] ?? null,
  each,
  and: (node, frame) => every(node, frame, false),
  or: (node, frame) => every(node, frame, true),
  not: (node, frame) => { const value = run(node[1], frame); return value === null ? null : !value; },
  answered,
  "=": (node, frame) => compared(node, frame, (a, b) => equal(a, b, frame.shared.units)),
  is_not: isNot,
  "<": ordering((found) => found < 0),
  "<=": ordering((found) => found <= 0),
  ">": ordering((found) => found > 0),
  ">=": ordering((found) => found >= 0),
  in: inside,
  "+": (node, frame) => arithmetic(node, frame, plus),
  "-": (node, frame) => arithmetic(node, frame, minus),
  "*": (node, frame) => arithmetic(node, frame, times),
  "/": (node, frame) => arithmetic(node, frame, over),
  "^": (node, frame) => arithmetic(node, frame, power),
  neg: (node, frame) => arithmetic(node, frame, negative),
  call,
};

/** The value of a resolved tree in a frame. */
export function run(node, frame) {
  return operators[node[0]](node, frame);
}

/** A value as JSON, as the server's values.plain() shows it. */
export function plain(value) {
  if (dec.isDecimal(value)) return dec.text(value);
  if (isList(value)) return value.map(plain);
  if (isQuantity(value)) return { value: dec.text(value.q), unit: value.u };
  if (isCoded(value)) return { system: value.s, code: value.c };
  return isMoment(value) || isTime(value) ? shown(value) : value;
}
