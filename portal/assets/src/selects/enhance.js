// Tom Select for long lists (more than 15 options): type to find, keyboard only, read out as a combobox.
import TomSelect from "tom-select/popular";
import { say } from "../shell/dom.js";

/** Give each `<select>` of `selects` a search field. The select itself stays and is what is sent. */
export function enhance(selects) {
  for (const select of selects) if (!select.tomselect) enhanceOne(select);
}

function enhanceOne(select) {
  const several = select.multiple;
  const label = select.labels?.[0]?.textContent.trim() ?? select.getAttribute("aria-label") ?? "";
  const search = new TomSelect(select, {
    plugins: several ? { remove_button: { title: say("remove", "Remove") } } : {},
    maxOptions: 300,
    allowEmptyOption: true,
    hidePlaceholder: true,
    closeAfterSelect: !several,
    render: { no_results: () => `<div class="no-results">${escapeText(say("nothing-found", "Nothing found"))}</div>` },
  });
  // The source is only out of sight for Tom Select; it must be out of the reading order as well.
  select.setAttribute("aria-hidden", "true");
  select.tabIndex = -1;
  const described = select.getAttribute("aria-describedby");
  if (described) search.control_input.setAttribute("aria-describedby", described);
  if (select.getAttribute("aria-invalid")) search.control_input.setAttribute("aria-invalid", "true");
  if (label) search.dropdown_content.setAttribute("aria-label", label);
  if (label && !search.control_input.labels?.length) search.control_input.setAttribute("aria-label", label);
}

function escapeText(text) {
  const place = document.createElement("span");
  place.textContent = text;
  return place.innerHTML;
}
