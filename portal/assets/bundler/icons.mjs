// One SVG sprite with only the icons named in src/icons.json (name in the portal -> bootstrap-icons name).
import { readFileSync } from "node:fs";
import { join } from "node:path";

const drawing = /<svg[^>]*viewBox="([^"]+)"[^>]*>([\s\S]*?)<\/svg>/;

/** Return the sprite as text; an icon that the package does not have is named in the error. */
export function iconSprite(root) {
  const names = JSON.parse(readFileSync(join(root, "src", "icons.json"), "utf8"));
  const symbols = Object.entries(names).map(([name, drawn]) => symbol(root, name, drawn));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

function symbol(root, name, drawn) {
  const path = join(root, "node_modules", "bootstrap-icons", "icons", `${drawn}.svg`);
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Error(`src/icons.json: "${name}" asks for the drawing "${drawn}", which bootstrap-icons does not have`);
  }
  const [, viewBox, shapes] = drawing.exec(text);
  return `<symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
}
