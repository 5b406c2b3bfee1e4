// Bundles styles, scripts and icons into app/platform/web/static/build, each file named by the hash of its content,
// with manifest.json telling which name stands for which file. Run by `npm run build`.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const sources = path.join(here, "src");
const target = path.resolve(here, "../static/build");
const publicPath = "/static/build/";
// WeChat's browser on Android and iOS 15.4 are the oldest that the employee's page must work in.
const browsers = ["chrome99", "firefox102", "safari15.4"];
const entries = ["base", "employee", "engineer", "explorer", "workspace"];

/** The colour tokens as custom properties: light, dark by system preference, and either by explicit choice. */
function tokenStyles(tokens) {
  const block = (column) => Object.entries(tokens).map(([name, pair]) => `--${name}:${pair[column]};`).join("");
  const light = `color-scheme:light;${block(0)}`;
  const dark = `color-scheme:dark;${block(1)}`;
  return [
    `:root,[data-theme="light"]{${light}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){${dark}}}`,
    `[data-theme="dark"]{${dark}}`,
    `@media print{:root:root{${light}}}`,
  ].join("\n");
}

const tokenPlugin = {
  name: "tokens",
  setup(build) {
    build.onResolve({ filter: /^tokens:colours$/ }, () => ({ path: "colours", namespace: "tokens" }));
    build.onLoad({ filter: /.*/, namespace: "tokens" }, async () => {
      const file = path.join(sources, "tokens.json");
      return { contents: tokenStyles(JSON.parse(await readFile(file, "utf8"))), loader: "css", watchFiles: [file] };
    });
  },
};

/** The drawing inside each icon that icons.json asks for, without its wrapping <svg>. */
async function readIcons() {
  const names = JSON.parse(await readFile(path.join(here, "icons.json"), "utf8"));
  const folder = path.join(here, "node_modules/@tabler/icons/icons/outline");
  const drawings = {};
  for (const name of names) {
    const file = await readFile(path.join(folder, `${name}.svg`), "utf8");
    drawings[name] = file
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/<path stroke="none"[^>]*\/>/, "")
      .replace(/\s*\n\s*/g, "")
      .replace(/ \/>/g, "/>");
  }
  return drawings;
}

async function writeHashed(folder, name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const { name: stem, ext } = path.parse(name);
  const file = `${stem}-${hash}${ext}`;
  await writeFile(path.join(folder, file), content);
  return file;
}

async function bundle(folder) {
  const result = await esbuild.build({
    entryPoints: entries.flatMap((name) => [`src/js/${name}.js`, `src/css/${name}.css`]),
    absWorkingDir: here,
    outdir: folder,
    outbase: "src",
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: browsers,
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
    plugins: [tokenPlugin],
  });
  const manifest = {};
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    if (output.entryPoint) manifest[path.basename(output.entryPoint)] = path.basename(file);
  }
  return manifest;
}

/** The service worker keeps one file name; the files that it precaches are those of this build. */
async function writeServiceWorker(folder, manifest) {
  const precached = ["engineer.css", "engineer.js", "favicon.svg"].map((name) => publicPath + manifest[name]);
  await esbuild.build({
    entryPoints: [path.join(sources, "js/sw.js")],
    outfile: path.join(folder, "sw.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: browsers,
    define: { PRECACHED_FILES: JSON.stringify(precached) },
    logLevel: "warning",
  });
}

async function writeWebManifest(folder, manifest) {
  const text = await readFile(path.join(sources, "manifest.webmanifest"), "utf8");
  const filled = text.replace(/"\{(.+?)\}"/g, (_, name) => JSON.stringify(publicPath + manifest[name]));
  await writeFile(path.join(folder, "manifest.webmanifest"), filled);
}

async function main() {
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const manifest = await bundle(fresh);
  const images = path.join(sources, "images");
  for (const name of (await readdir(images)).sort()) {
    manifest[name] = await writeHashed(fresh, name, await readFile(path.join(images, name)));
  }
  await writeServiceWorker(fresh, manifest);
  await writeWebManifest(fresh, manifest);
  Object.assign(manifest, { "sw.js": "sw.js", "manifest.webmanifest": "manifest.webmanifest" });
  await writeFile(path.join(fresh, "icons.json"), JSON.stringify(await readIcons()));
  await writeFile(path.join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

await main();
