// Repeating groups inside a form (flask-admin inline models, repeated answers):
// [data-inline-list] holds rows and a template; "Add" copies it, "Remove" takes a new row away.

export function watchInlineLists() {
  document.addEventListener("click", (event) => {
    const add = event.target.closest?.("[data-inline-add]");
    const remove = event.target.closest?.("[data-inline-remove]");
    if (add) addGroup(add.closest("[data-inline-list]"));
    if (remove) remove.closest("[data-inline-row]")?.remove();
  });
}

function addGroup(list) {
  const template = list?.querySelector(":scope > template");
  const rows = list?.querySelector(":scope > [data-inline-rows]");
  if (!template || !rows) return;
  const prefix = `${list.dataset.inlineList}-${rows.children.length}`;
  const copy = template.content.cloneNode(true);
  for (const element of copy.querySelectorAll("[id], [name], [for]")) {
    for (const key of ["id", "name", "for"]) {
      const value = element.getAttribute(key);
      if (value != null) element.setAttribute(key, `${prefix}${value}`);
    }
  }
  rows.append(copy);
  rows.lastElementChild?.querySelector("input, select, textarea")?.focus();
}
