// Small builders for elements that scripts add. Text is always set as text, never as markup.

/** Make an element: `make("p", {class: "note"}, "text", child)`. Null children are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

let counter = 0;

/** A document-wide unique id, for labels and descriptions. */
export function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** The content of `<meta name=…>`, or an empty string. */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

/** The portal's text in the reader's language, from the layout's template, else the English one. */
export function say(key, english, values = {}) {
  const store = document.getElementById("script-texts");
  const text = store?.content.querySelector(`[data-key="${key}"]`)?.textContent.trim() || english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The reader's language for dates; English is the European one, so that 5 March never reads 3/5. */
function language() {
  const lang = document.documentElement.lang || "en";
  return lang === "en" ? "en-IE" : lang;
}

/** A clock time in the reader's language, hours and minutes. */
export function clockTime(date) {
  return new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit" }).format(date);
}

/** A date in words with the time. */
export function moment(date) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "long", timeStyle: "short" }).format(date);
}
