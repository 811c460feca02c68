// Times SurveyJS on the same form and answers; prints the least CPU time of several runs in milliseconds as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Model } = createRequire(import.meta.url)("survey-core");
const { form, answers } = JSON.parse(readFileSync(process.argv[2], "utf8"));

function cpu(work) {
  const began = process.cpuUsage();
  work();
  const spent = process.cpuUsage(began);
  return (spent.user + spent.system) / 1000;
}

const least = (work, runs = 7) => Math.min(...Array.from({ length: runs }, () => cpu(work)));

let survey;
const build = least(() => {
  survey = new Model(form);
});
const check = least(() => {
  survey = new Model(form);
  survey.data = answers;
  survey.validate(false);
}) - build;
survey.data = answers;
const valid = survey.validate(false);
const sum = survey.getValue("s0_d1");
survey.clear();
const open = survey.getAllQuestions(true).filter((one) => one.isRequired).length;
console.log(JSON.stringify({ build, check, valid, sum, open }));
