// Tom Select for long lists, tags and lookups: type to find, keyboard only, read out as a combobox.
import TomSelect from "tom-select/popular";
import { say } from "../shell/dom.js";
import { request } from "../shell/request.js";

/** Give each field of `fields` a search field. The field itself stays and is what is sent. */
export function enhance(fields) {
  for (const field of fields) if (!field.tomselect) enhanceOne(field);
}

function enhanceOne(field) {
  const hadFocus = document.activeElement === field;
  const several = field.multiple || field.dataset.multiple === "1" || field.dataset.role === "select2-tags";
  const label = field.labels?.[0]?.textContent.trim() ?? field.getAttribute("aria-label") ?? "";
  const search = new TomSelect(field, {
    ...shared(several),
    ...(field.dataset.role === "select2-tags" ? { create: true, delimiter: "," } : {}),
    ...lookup(field),
  });
  // The source is only out of sight for Tom Select; it must be out of the reading order as well.
  field.setAttribute("aria-hidden", "true");
  field.tabIndex = -1;
  describe(search, field, label);
  if (hadFocus) search.focus();
}

function shared(several) {
  return {
    plugins: several ? { remove_button: { title: say("remove", "Remove") } } : {},
    maxItems: several ? null : 1,
    maxOptions: 300,
    refreshThrottle: 0, // with a delay, quick typing and Enter would choose from the list of before
    allowEmptyOption: true,
    hidePlaceholder: true,
    closeAfterSelect: !several,
    render: { no_results: () => plainBox("no-results", say("nothing-found", "Nothing found")) },
  };
}

function plainBox(name, text) {
  const box = document.createElement("div");
  box.className = name;
  box.textContent = text;
  return box;
}

function describe(search, field, label) {
  for (const name of ["aria-describedby", "aria-invalid"]) {
    const value = field.getAttribute(name);
    if (value) search.control_input.setAttribute(name, value);
  }
  if (!label) return;
  search.dropdown_content.setAttribute("aria-label", label);
  search.control_input.setAttribute("aria-label", label);
}

/** Settings for choices that come from the server while one types (FAB and flask-admin lookups). */
function lookup(field) {
  const url = field.dataset.load ?? field.dataset.url;
  if (!url) return {};
  const options = startOptions(field);
  return {
    valueField: "id",
    labelField: "text",
    searchField: "text",
    delimiter: field.dataset.separator ?? ",",
    options,
    items: options.map((option) => option.id),
    preload: "focus",
    load: (text, done) => fetchOptions(field, url, text).then(done, () => done()),
  };
}

function startOptions(field) {
  if (field.tagName === "SELECT") return [...field.selectedOptions].map((one) => ({ id: one.value, text: one.textContent }));
  const stored = JSON.parse(field.dataset.json || "[]");
  const pairs = Array.isArray(stored[0]) ? stored : stored.length ? [stored] : [];
  return pairs.map(asOption);
}

function asOption(one) {
  return Array.isArray(one) ? { id: String(one[0]), text: String(one[1]) } : { id: String(one.id), text: String(one.text) };
}

async function fetchOptions(field, url, text) {
  const master = field.dataset.loadMaster && document.getElementById(field.dataset.loadMaster.replace(/^#/, ""));
  const target = new URL(url.replace("{{ID}}", encodeURIComponent(master?.value ?? "")), document.baseURI);
  target.searchParams.set("query", text);
  const answer = await request(target);
  return answer.ok ? (await answer.json()).map(asOption) : [];
}
