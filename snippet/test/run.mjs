// Bundles each test with the sources it needs and hands all of them to node's own test runner.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { cssAsText, root } from "../build.mjs";

const out = join(root, "node_modules", ".cache", "vitrine-test");
const tests = readdirSync(join(root, "test")).filter((name) => name.endsWith(".test.ts"));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  entryPoints: tests.map((name) => join(root, "test", name)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["happy-dom"],
  define: { __VERSION__: '"test"', __ROOT__: JSON.stringify(root) },
  plugins: [cssAsText],
  logLevel: "warning",
});
const files = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
const { status } = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
process.exit(status ?? 1);
