// From fields to items and back. An item is the nearest [data-item], else the field's own name.
// The value of an item with one field is a string; of one field that can hold several (tick boxes,
// multiple select) a list of strings; of several fields an object {field name: string or list}.

const skippedTypes = new Set(["file", "submit", "button", "reset", "image", "password"]);
const skippedNames = new Set(["csrf_token", "confirmed"]);

/** The item a field belongs to, or "" when the field is not saved. */
export function itemOf(field) {
  if (!field.name || field.disabled || skippedTypes.has(field.type) || skippedNames.has(field.name)) return "";
  if (field.closest("[data-no-autosave]")) return "";
  return field.closest("[data-item]")?.dataset.item ?? field.name;
}

/** All fields of `form` that belong to `item`. */
export function fieldsOf(form, item) {
  return [...form.elements].filter((field) => itemOf(field) === item);
}

/** The present value of `item`. */
export function valueOf(form, item) {
  const byName = Map.groupBy ? Map.groupBy(fieldsOf(form, item), (field) => field.name) : group(fieldsOf(form, item));
  const values = [...byName].map(([name, fields]) => [name, valueOfFields(fields)]);
  return values.length === 1 ? values[0][1] : Object.fromEntries(values);
}

function group(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field.name, [...(groups.get(field.name) ?? []), field]);
  return groups;
}

function valueOfFields(fields) {
  const [first] = fields;
  if (first.type === "radio") return fields.find((field) => field.checked)?.value ?? "";
  if (first.type === "checkbox") return fields.filter((field) => field.checked).map((field) => field.value);
  if (first.type === "select-multiple") return [...first.selectedOptions].map((option) => option.value);
  return fields.length > 1 ? fields.map((field) => field.value) : first.value;
}

/** Put `value` (shape as from valueOf) into the fields of `item` and tell listeners. */
export function putValue(form, item, value) {
  const fields = fieldsOf(form, item);
  for (const field of fields) {
    const own = value !== null && typeof value === "object" && !Array.isArray(value) ? value[field.name] : value;
    putField(field, own ?? "", fields);
    field.dispatchEvent(new CustomEvent("portal:filled", { bubbles: true }));
  }
}

function putField(field, value, fields) {
  const wanted = Array.isArray(value) ? value.map(String) : [String(value)];
  if (field.type === "radio" || field.type === "checkbox") field.checked = wanted.includes(field.value);
  else if (field.type === "select-multiple") for (const option of field.options) option.selected = wanted.includes(option.value);
  else if (Array.isArray(value)) field.value = wanted[fields.filter((one) => one.name === field.name).indexOf(field)] ?? "";
  else field.value = wanted[0];
  field.tomselect?.sync();
}

/** A value as text for people: labels of options instead of their codes. */
export function asText(form, item, value) {
  if (value == null || value === "") return "";
  if (Array.isArray(value)) return value.map((one) => labelOf(form, item, one)).join(", ");
  if (typeof value === "object") return Object.values(value).map((one) => asText(form, item, one)).filter(Boolean).join(" ");
  return labelOf(form, item, value);
}

function labelOf(form, item, value) {
  for (const field of fieldsOf(form, item)) {
    if (field.options) {
      const option = [...field.options].find((one) => one.value === String(value));
      if (option) return option.textContent.trim();
    }
    if ((field.type === "radio" || field.type === "checkbox") && field.value === String(value)) {
      return field.labels?.[0]?.textContent.trim() ?? String(value);
    }
  }
  return String(value);
}

/** The label of an item, for messages. */
export function titleOf(form, item) {
  const [field] = fieldsOf(form, item);
  const holder = field?.closest("[data-item]");
  const label = holder?.querySelector("legend, label, .field-label") ?? field?.labels?.[0];
  return label?.firstChild?.textContent.trim() || label?.textContent.trim() || item;
}
