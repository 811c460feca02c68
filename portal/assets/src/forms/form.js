// A form page: shows and hides questions, calculates, keeps rows. Everything here also happens on the server when the
// page is saved; without a script the page is complete, only slower.
//
//   <div data-form data-section data-rules-url data-answers data-facts data-phrases> … fields … </div>
//
// Tells the rest of the page by `form:changed` {section, item, row, value}.
import { announce } from "../shell/status.js";
import { answerOf, collect } from "./answers.js";
import { contextOf, evaluateForm } from "./evaluate.js";
import { watchRows } from "./rows.js";

const mostNamed = 5;

export class FormPage {
  constructor(root, rules) {
    this.root = root;
    this.rules = rules;
    this.given = JSON.parse(root.dataset.answers || "{}");
    this.phrases = JSON.parse(root.dataset.phrases || "{}");
    this.context = contextOf(JSON.parse(root.dataset.facts || "{}"), rules.facts ?? {});
    this.waiting = false;
    watchRows(root, this.phrases);
    root.addEventListener("input", (event) => this.changed(event.target));
    root.addEventListener("change", (event) => this.changed(event.target));
    root.addEventListener("portal:filled", (event) => this.changed(event.target));
    this.update({ quiet: true });
  }

  changed(field) {
    const holder = field.closest?.("[data-question]");
    if (!holder || field.closest("template")) return;
    this.tell(holder);
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.update();
    });
  }

  tell(holder) {
    const item = this.rules.items[holder.dataset.question];
    if (!item) return;
    const value = item.r ? rowIds(holder) : answerOf(holder, item) ?? null;
    const detail = { section: this.root.dataset.section, item: holder.dataset.question, row: holder.dataset.row ?? "", value };
    this.root.dispatchEvent(new CustomEvent("form:changed", { bubbles: true, detail }));
  }

  /** Evaluate and bring the page up to date. */
  update({ quiet = false } = {}) {
    const answers = collect(this.root, this.rules, this.given);
    const { visible, computed, hiddenOptions, needed } = evaluateForm(this.rules, answers, this.context);
    const [shown, hidden] = this.show(visible);
    for (const one of computed) this.fill(one);
    this.options(hiddenOptions);
    this.mark(needed);
    if (!quiet) this.say(shown, hidden);
  }

  show(visible) {
    const shown = [];
    const hidden = [];
    for (const element of this.root.querySelectorAll("[data-question]")) {
      if (element.dataset.hidden !== undefined || element.dataset.question === this.root.dataset.section) continue;
      const wanted = visible.get(element.dataset.row ?? "")?.has(element.dataset.question) ?? false;
      if (element.hidden !== wanted) continue;
      element.hidden = !wanted;
      if (element.dataset.showIf !== undefined) (wanted ? shown : hidden).push(element.dataset.label);
    }
    return [shown, hidden];
  }

  fill({ item, row, value }) {
    const name = row ? `${item}@${row}` : item;
    const place = document.getElementById(`f-${name}`);
    if (!place?.dataset.computed) return;
    const text = value === null || value === undefined ? place.dataset.empty : computedText(value, place.dataset.labels);
    if (place.textContent !== text) place.textContent = text;
  }

  options(hiddenOptions) {
    for (const field of this.root.querySelectorAll("[data-question] input[value*='|'], [data-question] option[value*='|']")) {
      const holder = field.closest("[data-question]");
      if (this.rules.items[holder.dataset.question]?.os) field.disabled = hiddenOptions.has(`${holder.dataset.item} ${field.value}`);
    }
  }

  mark(needed) {
    for (const mark of this.root.querySelectorAll("[data-needed]")) {
      const holder = mark.closest("[data-question]");
      mark.hidden = !needed.has(holder.dataset.item);
    }
  }

  say(shown, hidden) {
    const sentences = [];
    if (shown.length) sentences.push(this.phrases.now_shown.replace("{labels}", named(shown)));
    if (hidden.length) sentences.push(this.phrases.now_hidden.replace("{labels}", named(hidden)));
    if (sentences.length) announce(sentences.join(". "));
  }
}

const named = (labels) => labels.slice(0, mostNamed).join(", ") + (labels.length > mostNamed ? " …" : "");
const rowIds = (repeat) => [...repeat.querySelectorAll("[data-row-id]")].map((row) => row.dataset.rowId);

function computedText(value, labels) {
  const known = labels ? JSON.parse(labels) : {};
  if (value.code !== undefined) return known[`${value.system}|${value.code}`] ?? value.code;
  if (value.unit !== undefined) return `${value.value} ${value.unit}`;
  return known[String(value)] ?? String(value);
}

/** Bring every form page in the document to life. */
export async function watchForms(root = document) {
  for (const element of root.querySelectorAll("[data-form][data-rules-url]")) {
    const answer = await fetch(element.dataset.rulesUrl, { credentials: "same-origin" });
    if (answer.ok) new FormPage(element, await answer.json());
  }
}
