// What people type into answers: dot or comma, 31.12.2024 or 2024-12-31. Mirrors portal/forms/kinds.
const number = /^([+-]?)(\d{1,15}|\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,4})(?:[.,](\d{1,15}))?$/;
const amount = /^([+\-0-9.,\u00a0\u202f ]*[0-9])\s*(\S*)$/;
const pad = (text, width = 2) => text.padStart(width, "0");

/** Canonical number text, or null. */
export function typedNumber(text) {
  const found = number.exec(text.trim().replace("−", "-"));
  if (!found) return null;
  const whole = found[2].replace(/\D/g, "");
  return `${found[1] === "-" ? "-" : ""}${whole}${found[3] ? `.${found[3]}` : ""}`;
}

/** ISO text of a date with or without time, as far as it can be understood. */
export function typedDate(text) {
  const trimmed = text.trim();
  const day = /^(\d{1,2})[./]\s?(\d{1,2})[./]\s?(\d{4})(?:[ ,T]+([0-9:]+))?$/.exec(trimmed);
  if (day) return `${day[3]}-${pad(day[2])}-${pad(day[1])}${day[4] ? `T${pad(day[4], 5)}` : ""}`;
  const month = /^(\d{1,2})[./]\s?(\d{4})$/.exec(trimmed);
  if (month) return `${month[2]}-${pad(month[1])}`;
  const blank = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}.*)$/.exec(trimmed);
  return blank ? `${blank[1]}T${blank[2]}` : trimmed;
}

function typedTime(text) {
  const [hour, ...rest] = text.trim().replace(".", ":").split(":");
  return [pad(hour), ...rest].join(":");
}

function typedQuantity(text, unit) {
  const plainNumber = typedNumber(text);
  if (plainNumber !== null) return { value: plainNumber, unit };
  const found = amount.exec(text.trim());
  const value = found && typedNumber(found[1]);
  return value ? { value, unit: found[2] } : null;
}

function typedInteger(text) {
  const found = typedNumber(text);
  return found !== null && Number.isInteger(Number(found)) ? Number(found) : null;
}

const readers = {
  integer: typedInteger,
  decimal: typedNumber,
  date: typedDate,
  datetime: typedDate,
  time: typedTime,
  yes_no: (text) => ({ true: true, false: false })[text] ?? null,
};

/** The stored value of one picked option `system|code`. */
export function pickedCode(text) {
  const bar = text.lastIndexOf("|");
  return { system: text.slice(0, bar), code: text.slice(bar + 1) };
}

/** The stored value of typed text for an item's type; null when there is none. */
export function typedValue(type, text, unit = "") {
  if (text.trim() === "") return null;
  if (type === "quantity") return typedQuantity(text, unit);
  return readers[type] ? readers[type](text) : text.trim();
}
