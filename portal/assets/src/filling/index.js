// What a save tells the page: answers that could not be read, how much is done. The rest of the page
// (showing and hiding, rows, calculated values) is the work of ../forms, saving that of ../autosave.
import "./filling.css";
import { make } from "../shell/dom.js";
import { announce } from "../shell/status.js";

// On a phone the options of a matrix stand beside their buttons: the head's texts are copied there once.
for (const matrix of document.querySelectorAll(".form-part .answer-matrix")) {
  const heads = [...matrix.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  for (const row of matrix.tBodies[0].rows) [...row.cells].forEach((cell, index) => { if (index) cell.dataset.option = heads[index]; });
}

for (const form of document.querySelectorAll("form[data-autosave-url].form-section")) {
  form.addEventListener("portal:saved", ({ detail }) => saved(form, detail));
}

function saved(form, { problems = {}, sections = {}, completeness }) {
  for (const old of form.querySelectorAll("[data-save-problem]")) if (!(old.dataset.saveProblem in problems)) clear(old);
  for (const [name, text] of Object.entries(problems)) tell(form, name, text);
  for (const [id, percent] of Object.entries(sections)) {
    const place = document.querySelector(`[data-section-percent="${CSS.escape(id)}"]`);
    if (place) place.textContent = `${percent} %`;
  }
  const whole = document.querySelector("[data-form-percent]");
  if (whole && completeness != null) whole.textContent = whole.dataset.text.replace("{percent}", completeness);
}

/** Say beside the question why its answer was not taken; the text stays in the field. */
function tell(form, name, text) {
  const holder = form.querySelector(`[data-item="${CSS.escape(name)}"]`);
  if (!holder) return;
  const id = `f-${name}-save`;
  let place = document.getElementById(id);
  if (!place) {
    place = make("p", { class: "problem", id, "data-save-problem": name });
    (holder.querySelector("label, legend") ?? holder.firstElementChild)?.after(place);
    for (const field of fields(holder)) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
    }
    holder.classList.add("field-bad");
    announce(`${holder.dataset.label ?? ""}: ${text}`);
  }
  place.textContent = text;
}

function clear(place) {
  const holder = place.closest("[data-item]");
  for (const field of fields(holder)) {
    field.removeAttribute("aria-invalid");
    const ties = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== place.id);
    if (ties.length) field.setAttribute("aria-describedby", ties.join(" "));
    else field.removeAttribute("aria-describedby");
  }
  holder.classList.remove("field-bad");
  place.remove();
}

const fields = (holder) => [...holder.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((one) => one.closest("[data-item]") === holder);
