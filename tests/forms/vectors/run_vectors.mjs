// Runs the expression vectors in the browser's interpreter; prints each wrong case, then the number of cases.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const source = new URL("../../../portal/assets/src/forms/", import.meta.url);
const { EvaluationError, plain, run } = await import(new URL("expressions.js", source));
const { contextOf, evaluateForm } = await import(new URL("evaluate.js", source));

const { form, now, facts, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const context = contextOf({ ...now, ...facts }, { "patient.birth_date": "date" });

function frameOf(frame, row) {
  if (frame.row === row) return frame;
  for (const rows of frame.rows.values()) {
    for (const one of rows) {
      const found = frameOf(one, row);
      if (found) return found;
    }
  }
  return null;
}

function outcome({ answers, row, tree }) {
  const { root } = evaluateForm(form, answers, context);
  try {
    return plain(run(tree, frameOf(root, row)));
  } catch (error) {
    if (error instanceof EvaluationError) return "ERROR";
    return String(error.stack);
  }
}

for (const one of cases) {
  const found = outcome(one);
  const wanted = one.error ? "ERROR" : one.expect;
  if (!isDeepStrictEqual(found, wanted)) console.log(JSON.stringify({ id: one.id, text: one.text, found, wanted }));
}
console.log(JSON.stringify({ ran: cases.length }));
