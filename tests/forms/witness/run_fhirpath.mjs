// Evaluates exported FHIRPath with HL7's own engine; prints what it found for each case, one line of JSON each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , casesFile, packageFile] = process.argv;
const { now, questionnaire, cases } = JSON.parse(readFileSync(casesFile, "utf8"));

// The cases have a day of their own; the engine asks the clock.
const Clock = Date;
const noon = Clock.parse(`${now}T12:00:00Z`);
globalThis.Date = class extends Clock {
  constructor(...given) {
    super(...(given.length ? given : [noon]));
  }
  static now() {
    return noon;
  }
};

const require = createRequire(packageFile);
const fhirpath = require("fhirpath");
const r4 = require("fhirpath/fhir-context/r4");

function evaluate({ expression, resource, rows, lets, patient }) {
  const environment = { resource, patient, questionnaire };
  // Rows stay nodes of the engine, as an SDC form filler has them.
  for (const [name, place] of Object.entries(rows)) {
    environment[name] = fhirpath.evaluate(resource, place, environment, r4, { resolveInternalTypes: false });
  }
  for (const [name, text] of Object.entries(lets)) {
    environment[name] = fhirpath.evaluate(resource, text, environment, r4);
  }
  return fhirpath.evaluate(resource, expression, environment, r4);
}

for (const one of cases) {
  let found;
  try {
    found = { values: evaluate(one) };
  } catch (error) {
    found = { error: String(error.message ?? error).slice(0, 200) };
  }
  console.log(JSON.stringify({ id: one.id, ...found }));
}
