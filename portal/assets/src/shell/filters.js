// Filter rows of a list: "Add filter" opens the next row, a row can be taken away, and switching the
// comparison switches the field (date fields for dates). All rows are in the page as templates; without
// scripts they are simply all shown.

export function watchFilters() {
  for (const form of document.querySelectorAll("form[data-filters]")) filterForm(form);
}

function filterForm(form) {
  const rows = form.querySelector("[data-filter-rows]");
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-filter-add]");
    const remove = event.target.closest("[data-filter-remove]");
    if (add) {
      event.preventDefault();
      addRow(form, rows, add.dataset.filterAdd);
    }
    if (remove) removeRow(form, remove.closest("[data-filter-row]"));
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-filter-operator]")) useOperator(event.target);
  });
  form.addEventListener("submit", () => {
    for (const field of form.querySelectorAll("[data-filter-value]")) if (field.value === "") field.disabled = true;
  });
  for (const select of form.querySelectorAll("[data-filter-operator]")) useOperator(select);
}

function addRow(form, rows, name) {
  const template = form.querySelector(`template[data-filter-template="${CSS.escape(name)}"]`);
  if (!template) return;
  const row = template.content.firstElementChild.cloneNode(true);
  const number = nextNumber(form);
  for (const element of row.querySelectorAll("[id], [for], [name], option")) {
    for (const key of ["id", "for", "name", "value"]) {
      const value = element.getAttribute(key);
      if (value?.includes("__n__")) element.setAttribute(key, value.replaceAll("__n__", number));
    }
  }
  rows.append(row);
  const select = row.querySelector("[data-filter-operator]");
  if (select) useOperator(select);
  form.querySelector("details.menu[open]")?.removeAttribute("open");
  form.querySelector("[data-filter-submit]")?.classList.remove("d-none");
  row.querySelector("[data-filter-value]:not([disabled]), [data-filter-operator]")?.focus();
}

function nextNumber(form) {
  const next = Number(form.dataset.nextFilter ?? "100");
  form.dataset.nextFilter = String(next + 1);
  return String(next);
}

function removeRow(form, row) {
  row?.remove();
  form.querySelector("details.menu > summary")?.focus();
}

/** The chosen comparison decides the name of the value field and, with several kinds, which one is used. */
function useOperator(select) {
  const row = select.closest("[data-filter-row]");
  const chosen = select.selectedOptions[0];
  if (!row || !chosen) return;
  for (const field of row.querySelectorAll("[data-filter-value]")) {
    field.name = chosen.value;
    const holder = field.closest("[data-filter-kind]");
    if (!holder) continue;
    const fits = holder.dataset.filterKind === (chosen.dataset.kind ?? "");
    holder.hidden = !fits;
    field.disabled = !fits;
  }
}
