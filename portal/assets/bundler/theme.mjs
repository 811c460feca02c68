// The theme "auto" follows the reader's system without a script and without a flash:
// every rule written for [data-bs-theme=dark] is repeated for [data-bs-theme=auto] inside
// a prefers-color-scheme query. Bootstrap's compiled sheet knows only light and dark.

const darkRule = /([^{}]*\[data-bs-theme=dark\][^{}]*)\{([^{}]*)\}/g;

/** Return the style sheet `css` with its dark rules repeated for the automatic theme. */
export function autoTheme(css) {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, "").replaceAll('[data-bs-theme="dark"]', "[data-bs-theme=dark]");
  const copies = [];
  for (const [, selectors, body] of plain.matchAll(darkRule)) {
    const dark = selectors.split(",").filter((one) => one.includes("[data-bs-theme=dark]"));
    const auto = dark.map((one) => one.trim().replaceAll("[data-bs-theme=dark]", "[data-bs-theme=auto]"));
    copies.push(`${auto.join(",")}{${body}}`);
  }
  if (!copies.length) return css;
  return `${css}\n@media (prefers-color-scheme: dark){${copies.join("\n")}}\n`;
}
