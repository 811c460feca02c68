// Lists with tick boxes: [data-check-all] ticks the rows, the number of ticked rows is shown,
// and buttons in [data-bulk] are usable only while something is ticked.
import { say } from "./dom.js";

export function watchBulk() {
  for (const list of document.querySelectorAll("[data-bulk-list]")) bulkList(list);
}

function bulkList(list) {
  const all = list.querySelector("[data-check-all]");
  const boxes = () => [...list.querySelectorAll("[data-check-row]")];
  const buttons = list.querySelectorAll("[data-bulk] button, button[data-bulk]");
  const counter = list.querySelector("[data-bulk-count]");
  const refresh = () => {
    const rows = boxes();
    const ticked = rows.filter((box) => box.checked).length;
    if (all) {
      all.checked = ticked > 0 && ticked === rows.length;
      all.indeterminate = ticked > 0 && ticked < rows.length;
    }
    for (const button of buttons) button.disabled = ticked === 0;
    if (counter) counter.textContent = ticked ? say("ticked", "{count} ticked", { count: ticked }) : "";
  };
  list.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    refresh();
  });
  refresh();
}
