// Builds the browser side of the portal into one folder: hashed files and manifest.json.
// Called by build.py with --outdir=<folder> [--plugins=<folder>]; see docs/look.md.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { iconSprite } from "./bundler/icons.mjs";
import { autoTheme } from "./bundler/theme.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const src = join(here, "src");

function option(name, fallback = "") {
  const found = process.argv.find((text) => text.startsWith(`--${name}=`));
  return found ? found.slice(name.length + 3) : fallback;
}

// An entry is a folder of src with an index.js. `forms` also carries the terminology combobox,
// because every form page needs both; each part is written by others and may be absent.
const together = { forms: ["forms", "terminology"] };

function entryPoints(pluginRoot) {
  const entries = { main: join(src, "main.js") };
  for (const folder of readdirSync(src).sort()) {
    const index = join(src, folder, "index.js");
    if (existsSync(index)) entries[folder] = index;
  }
  for (const [name, parts] of Object.entries(together)) {
    if (parts.some((part) => existsSync(join(src, part, "index.js")))) entries[name] = `together:${name}`;
  }
  if (pluginRoot && existsSync(pluginRoot)) {
    for (const plugin of readdirSync(pluginRoot).sort()) {
      const index = join(pluginRoot, plugin, "assets", "index.js");
      if (existsSync(index)) entries[`plugin-${plugin}`] = index;
    }
  }
  return entries;
}

const togetherPlugin = {
  name: "together",
  setup(build) {
    build.onResolve({ filter: /^together:/ }, ({ path }) => ({ path: path.slice(9), namespace: "together" }));
    build.onLoad({ filter: /.*/, namespace: "together" }, ({ path }) => ({
      contents: together[path]
        .filter((part) => existsSync(join(src, part, "index.js")))
        .map((part) => `import "./${part}/index.js";`)
        .join("\n"),
      resolveDir: src,
      loader: "js",
    }));
  },
};

const themePlugin = {
  name: "auto-theme",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, ({ path }) => ({
      contents: autoTheme(readFileSync(path, "utf8")),
      loader: "css",
    }));
  },
};

function hashedName(name, contents) {
  const digest = createHash("sha256").update(contents).digest("hex").slice(0, 10).toUpperCase();
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}-${digest}${name.slice(dot)}`;
}

function put(outdir, manifest, name, contents) {
  const hashed = hashedName(name, contents);
  writeFileSync(join(outdir, hashed), contents);
  manifest[name] = hashed;
}

function manifestOf(metafile, entries) {
  const byInput = new Map(Object.entries(entries).map(([name, path]) => [path, name]));
  const manifest = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    const source = output.entryPoint.startsWith("together:") ? output.entryPoint : resolve(here, output.entryPoint);
    const name = byInput.get(source);
    if (!name) continue;
    manifest[`${name}.js`] = basename(path);
    if (output.cssBundle) manifest[`${name}.css`] = basename(output.cssBundle);
  }
  return manifest;
}

async function main() {
  const outdir = resolve(option("outdir"));
  const plugins = option("plugins");
  mkdirSync(outdir, { recursive: true });
  const entries = entryPoints(plugins && resolve(plugins));
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: Object.entries(entries).map(([out, path]) => ({ out, in: path })),
    outdir,
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["chrome120", "edge120", "firefox115", "safari17"],
    minify: true,
    legalComments: "linked",
    metafile: true,
    nodePaths: [join(here, "node_modules")],
    plugins: [togetherPlugin, themePlugin],
    logLevel: "warning",
  });
  const manifest = manifestOf(result.metafile, entries);
  put(outdir, manifest, "icons.svg", iconSprite(here));
  put(outdir, manifest, "favicon.svg", readFileSync(join(src, "brand", "favicon.svg"), "utf8"));
  writeFileSync(join(outdir, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
}

await main();
