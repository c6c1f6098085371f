// Bundles the test files and hands them to Node's own runner, two at a time: each starts a server and a browser of its own,
// and waits for them most of the time.
// `node run.mjs` runs all of them, `node run.mjs checkout streams` those whose path contains one of the words.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
/** Of this run alone, so that two runs side by side leave each other's in peace. */
const out = join(here, "node_modules", ".cache", `vitrine-${process.pid}`);
process.on("exit", () => rmSync(out, { recursive: true, force: true }));
const words = process.argv.slice(2);
/** What takes longest comes first, so that none of it is left alone at the end. */
const tests = ["streams", "looks", "journeys"]
  .flatMap((folder) => readdirSync(join(here, folder)).map((name) => join(folder, name)))
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)));
if (tests.length === 0) throw new Error(`no test file has any of these in its path: ${words.join(" ")}`);

mkdirSync(out, { recursive: true });

/** What runs inside the browser: one script, put into pages by the tests. */
await build({
  entryPoints: { page: join(here, "support/page/main.ts") },
  outdir: out,
  bundle: true,
  format: "iife",
  target: "es2022",
  logLevel: "warning",
});

await build({
  entryPoints: tests.map((path) => join(here, path)),
  outdir: out,
  outbase: here,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: "inline",
  define: { __HERE__: JSON.stringify(here), __PAGE_SCRIPT__: JSON.stringify(join(out, "page.js")) },
  logLevel: "warning",
});

const files = tests.map((path) => join(out, path.replace(/\.ts$/, ".mjs")));
const flags = ["--enable-source-maps", "--test", "--test-concurrency=2"];
const { status } = spawnSync(process.execPath, [...flags, ...files], { stdio: "inherit" });
process.exit(status ?? 1);
