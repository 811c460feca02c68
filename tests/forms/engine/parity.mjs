// Evaluates forms in the browser's interpreter: {forms: [ast], cases: [{form, answers, facts}]} on stdin, one JSON line per case.
import { readFileSync } from "node:fs";

const source = new URL("../../../portal/assets/src/forms/", import.meta.url);
const { contextOf, evaluateForm } = await import(new URL("evaluate.js", source));
const { forms, cases } = JSON.parse(readFileSync(0, "utf8"));

for (const { form, answers, facts } of cases) {
  const rules = forms[form];
  const { visible, computed, hiddenOptions, needed } = evaluateForm(rules, answers, contextOf(facts, rules.facts));
  console.log(JSON.stringify({
    visible: Object.fromEntries([...visible].map(([row, ids]) => [row, [...ids].sort()])),
    computed: Object.fromEntries(computed.map(({ item, row, value }) => [row ? `${item}@${row}` : item, value ?? null])),
    off: [...hiddenOptions].sort(),
    needed: [...needed].sort(),
  }));
}
