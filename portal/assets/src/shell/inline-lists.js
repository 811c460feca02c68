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
  const prefix = `${list.dataset.inlineList}-${nextNumber(rows)}`;
  const copy = template.content.firstElementChild.cloneNode(true);
  copy.id = prefix;
  for (const element of copy.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
    for (const key of ["id", "name", "for", "aria-describedby"]) {
      const value = element.getAttribute(key);
      if (value != null) element.setAttribute(key, value ? `${prefix}-${value}` : prefix);
    }
  }
  rows.append(copy);
  copy.querySelector("input, select, textarea")?.focus();
}

/** One more than the highest number in use, because the server reads numbers and not positions. */
function nextNumber(rows) {
  const used = [...rows.children].map((row) => Number(row.id.split("-").pop())).filter(Number.isFinite);
  return used.length ? Math.max(...used) + 1 : 0;
}
