// Where a chosen code is kept so that it is sent with the form. Two markups are understood:
//   .coded-field  one hidden input[data-coding] with the coding as JSON (a list when data-multiple)
//   [data-combobox]  one hidden input[data-part] for each of system, version, code, display, language
import { make, say } from "../shell/dom.js";

const PARTS = ["system", "version", "code", "display", "language"];

/** The store that fits the field's markup. */
export function storeFor(input) {
  const field = input.closest(".coded-field");
  if (field?.querySelector("input[data-coding]")) return new JsonStore(input, field);
  return new PartsStore(input, input.closest("[data-combobox]") ?? input.parentElement);
}

/** The coding that is stored for a hit: pinned to the release it was found in. */
export function codingOf(hit) {
  if (hit.inactive && hit.replaced_by) {
    return { ...pinned(hit), code: hit.replaced_by, display: hit.replaced_by_display || hit.replaced_by };
  }
  return pinned(hit);
}

/** A code as people write it: bare numbers get the prefix that the form has for their system (ORPHA:558). */
export function shownCode(input, { system, code }) {
  const holder = input.closest("[data-code-prefixes]");
  if (!holder || !/^\d+$/.test(code)) return code;
  const prefix = JSON.parse(holder.dataset.codePrefixes)[system];
  return prefix ? `${prefix}:${code}` : code;
}

function pinned({ system, version, code, display, language }) {
  return { system, version, code, display, language };
}

function changed(hidden) {
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

function chips(input, field, label) {
  const known = field.querySelector("[data-chosen]");
  if (known) return known;
  const list = make("ul", { class: "chosen list-unstyled", "data-chosen": true, "aria-label": label });
  input.before(list);
  return list;
}

function chip(input, entry, hidden) {
  const shown = entry.text ?? entry.display ?? entry.code;
  const remove = make(
    "button",
    { type: "button", class: "btn btn-sm btn-outline-secondary", "data-chosen-remove": true, "aria-label": `${say("remove", "Remove")}: ${shown}` },
    say("remove", "Remove"),
  );
  const code = entry.code ? make("span", { class: "combobox-code" }, shownCode(input, entry)) : null;
  const name = make("span", entry.language ? { lang: entry.language } : {}, shown);
  return make("li", { "data-chosen-item": true }, name, code, ...hidden, remove);
}

class JsonStore {
  constructor(input, field) {
    this.input = input;
    this.field = field;
    this.hidden = field.querySelector("input[data-coding]");
    this.multiple = "multiple" in input.dataset && input.dataset.multiple !== "false";
    if (this.multiple) this.list = chips(input, field, say("chosen", "Chosen"));
    this.draw();
  }

  entries() {
    try {
      const found = JSON.parse(this.hidden.value || "null");
      return Array.isArray(found) ? found : found ? [found] : [];
    } catch {
      return [];
    }
  }

  current() {
    return this.multiple ? null : (this.entries()[0] ?? null);
  }

  put(entry) {
    const same = (other) => other.code === entry.code && other.system === entry.system && other.text === entry.text;
    if (!this.multiple) this.write(entry);
    else if (!this.entries().some(same)) this.write([...this.entries(), entry]);
  }

  clear() {
    if (!this.multiple && this.hidden.value) this.write(null);
  }

  remove(item) {
    const place = [...this.list.children].indexOf(item);
    this.write(this.entries().filter((_, index) => index !== place));
  }

  write(value) {
    const empty = value === null || (Array.isArray(value) && !value.length);
    this.hidden.value = empty ? "" : JSON.stringify(value);
    this.draw();
    changed(this.hidden);
  }

  draw() {
    if (this.multiple) this.list.replaceChildren(...this.entries().map((entry) => chip(this.input, entry, [])));
  }
}

class PartsStore {
  constructor(input, field) {
    this.input = input;
    this.field = field;
    this.name = input.dataset.name ?? input.name;
    this.multiple = "multiple" in input.dataset && input.dataset.multiple !== "false";
    if (this.multiple) this.list = chips(input, field, say("chosen", "Chosen"));
  }

  part(name) {
    return this.field.querySelector(`:scope > input[data-part="${name}"]`);
  }

  current() {
    if (this.multiple || !this.part("code")?.value) return null;
    return Object.fromEntries(PARTS.map((name) => [name, this.part(name)?.value ?? ""]));
  }

  put(entry) {
    if (this.multiple) return this.add(entry);
    for (const name of PARTS) if (this.part(name)) this.part(name).value = entry[name] ?? "";
    const code = this.part("code");
    if (code) changed(code);
  }

  add(entry) {
    const names = entry.text === undefined ? PARTS : ["text"];
    const twin = [...this.list.children].some((item) =>
      names.every((name) => item.querySelector(`input[name="${CSS.escape(`${this.name}~${name}`)}"]`)?.value === (entry[name] ?? "")),
    );
    if (twin) return;
    const hidden = names.map((name) =>
      make("input", { type: "hidden", name: `${this.name}~${name}`, value: entry[name] ?? "", "data-part": name === "text" ? null : name }),
    );
    this.list.append(chip(this.input, entry, hidden));
    changed(hidden[0]);
  }

  clear() {
    if (!this.multiple && this.part("code")?.value) this.put({});
  }

  remove(item) {
    item.remove();
    changed(this.field.parentElement?.querySelector(`input[type=hidden][name="${CSS.escape(this.name)}"]`) ?? this.input);
  }
}
