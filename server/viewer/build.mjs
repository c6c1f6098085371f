// Builds the agent's page into dist/: index.html, one script and one style sheet under content-hashed names, the
// licences of what is bundled, and manifest.json, which lists every file with its size and digest.
// The same sources give the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");

async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { app: "src/main.tsx", page: "src/ui/page.css" },
    outdir: "dist",
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const outputs = Object.keys(result.metafile.outputs).map((path) => path.replace("dist/", ""));
  const named = (start, end) => outputs.find((name) => name.startsWith(start) && name.endsWith(end));
  return {
    script: named("app-", ".js"),
    style: named("page-", ".css"),
    inputs: Object.keys(result.metafile.inputs),
  };
}

function digest(bytes) {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}

async function writePage({ script, style }) {
  const integrity = async (name) => digest(await readFile(join(dist, name)));
  const values = {
    script,
    style,
    scriptIntegrity: await integrity(script),
    styleIntegrity: await integrity(style),
  };
  const template = await readFile(join(root, "src/page.html"), "utf8");
  const page = template.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? fail(`page.html asks for ${name}`));
  await writeFile(join(dist, "index.html"), page);
}

function fail(message) {
  throw new Error(message);
}

/** MIT asks that its text goes with every copy: collect it from each package that ended up in the bundle. */
async function writeLicences(inputs) {
  const packages = new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean));
  const parts = [];
  for (const name of [...packages].sort()) {
    const folder = join(root, "node_modules", name);
    const { version, license, homepage = "" } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : "";
    parts.push(`${name} ${version} (${license}) ${homepage}\n\n${text.trim()}`.trim());
  }
  await writeFile(join(dist, "licences.txt"), `${parts.join("\n\n---\n\n")}\n`);
}

async function writeManifest() {
  const files = {};
  for (const name of (await readdir(dist)).sort()) {
    const bytes = await readFile(join(dist, name));
    files[name] = { bytes: bytes.length, integrity: digest(bytes) };
  }
  await writeFile(join(dist, "manifest.json"), `${JSON.stringify({ entry: "index.html", files }, null, 2)}\n`);
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const built = await bundle();
await writePage(built);
await writeLicences(built.inputs);
await writeManifest();
