// The automatic theme repeats every dark rule for readers whose system is dark.
import assert from "node:assert/strict";
import { test } from "node:test";
import { autoTheme } from "../../../../../portal/assets/bundler/theme.mjs";

test("dark rules are repeated inside a query, others are left alone", () => {
  const css = autoTheme('a{color:red}[data-bs-theme="dark"] .x, .y{color:white}');
  assert.match(css, /^a\{color:red\}/);
  assert.match(css, /@media \(prefers-color-scheme: dark\)\{\[data-bs-theme=auto\] \.x\{color:white\}\}/);
  assert.equal(autoTheme("a{b:c}"), "a{b:c}");
});
