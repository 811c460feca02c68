// Partial dates and times: {d: [2024, 5], o: offset in minutes or null} and {t: [14, 30]}.
const datePattern =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;
const timePattern = /^(\d{2}):(\d{2})(?::(\d{2}))?$/;
const needed = { year: 1, month: 2, week: 3, day: 3, hour: 5, minute: 5 };
const pad = (n, width = 2) => String(n).padStart(width, "0");

export const isMoment = (value) => value !== null && typeof value === "object" && Array.isArray(value.d);
export const isTime = (value) => value !== null && typeof value === "object" && Array.isArray(value.t);

const daysIn = (year, month) => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

export function moment(text) {
  const found = typeof text === "string" && datePattern.exec(text);
  if (!found) return null;
  const d = found.slice(1, 7).filter((part) => part !== undefined).map(Number);
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = d;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  return { d, o: found[7] ? offset(found[7]) : null };
}

function offset(zone) {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone[0] === "-" ? -minutes : minutes;
}

export function timeOfDay(text) {
  const found = typeof text === "string" && timePattern.exec(text);
  if (!found) return null;
  const t = found.slice(1).filter((part) => part !== undefined).map(Number);
  return t[0] > 23 || t.slice(1).some((part) => part > 59) ? null : { t };
}

export function shown(value) {
  if (isTime(value)) return value.t.map((n) => pad(n)).join(":");
  const [year, ...rest] = value.d;
  let text = pad(year, 4) + rest.slice(0, 2).map((n) => `-${pad(n)}`).join("");
  if (value.d.length > 3) text += `T${value.d.slice(3).map((n) => pad(n)).join(":")}`;
  if (value.o === null) return text;
  if (value.o === 0) return `${text}Z`;
  const minutes = Math.abs(value.o);
  return `${text}${value.o < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** -1, 0, 1, or null when the two are not known precisely enough. */
export function compareMoments(left, right) {
  if (isTime(left)) return compareParts(left.t, right.t);
  if (left.o === right.o) return compareParts(left.d, right.d);
  if (left.o === null || right.o === null) return compareParts(left.d.slice(0, 3), right.d.slice(0, 3)) || null;
  return compareParts(utc(left).d, utc(right).d);
}

function compareParts(left, right) {
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    if (left[i] !== right[i]) return left[i] < right[i] ? -1 : 1;
  }
  return left.length === right.length ? 0 : null;
}

function stamp([year, month = 1, day = 1, hour = 0, minute = 0, second = 0]) {
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

const parts = (date) => [
  date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(),
  date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(),
];

function utc(value) {
  const moved = new Date(stamp(value.d).getTime() - value.o * 60_000);
  const year = moved.getUTCFullYear();
  return year < 1 || year > 9999 ? value : { d: parts(moved).slice(0, value.d.length), o: 0 };
}

/** Moved by whole years … minutes; null when not known precisely enough. */
export function addSpan(value, amount, unit) {
  if (value.d.length < needed[unit]) return null;
  if (unit === "year" || unit === "month") return addMonths(value, amount * (unit === "year" ? 12 : 1));
  const size = { week: 604_800_000, day: 86_400_000, hour: 3_600_000, minute: 60_000 }[unit];
  const moved = new Date(stamp(value.d).getTime() + amount * size);
  const year = moved.getUTCFullYear();
  if (Number.isNaN(year) || year < 1 || year > 9999) return null;
  return { d: parts(moved).slice(0, value.d.length), o: value.o };
}

function addMonths(value, months) {
  const [oldYear, oldMonth = 1, ...rest] = value.d;
  const index = oldYear * 12 + oldMonth - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  if (year < 1 || year > 9999) return null;
  if (rest.length) rest[0] = Math.min(rest[0], daysIn(year, month));
  return { d: [year, month, ...rest].slice(0, value.d.length), o: value.o };
}

/** Whole years, months or days; the lesser of two possible counts, null when there are more. */
export function between(start, end, unit) {
  const count = { years, months, days }[unit];
  const [least, most] = [count(last(start), first(end)), count(first(start), last(end))];
  return most - least <= 1 ? least : null;
}

const first = ({ d: [year, month = 1, day = 1] }) => [year, month, day];
const last = ({ d: [year, month = 12, day = daysIn(year, month)] }) => [year, month, day];
const before = (a, b) => (compareParts(a, b) ?? 0) < 0;
const days = (start, end) => Math.round((stamp(end) - stamp(start)) / 86_400_000);

function months(start, end) {
  if (before(end, start)) return -months(end, start);
  const count = (end[0] - start[0]) * 12 + end[1] - start[1];
  return count - (end[2] < start[2] && end[2] < daysIn(end[0], end[1]) ? 1 : 0);
}

function years(start, end) {
  return before(end, start) ? -years(end, start) : Math.floor(months(start, end) / 12);
}
