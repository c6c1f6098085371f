import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

declare const __ROOT__: string;
const dist = join(__ROOT__, "dist");
const budgets = JSON.parse(readFileSync(join(__ROOT__, "size.json"), "utf8")) as Record<string, number>;
const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8")) as Record<
  string,
  { bytes: number; gzip_bytes: number; integrity: string }
>;
const read = (name: string) => readFileSync(join(dist, name));

for (const [part, budget] of Object.entries(budgets)) {
  test(`${part} is at most ${budget} bytes of gzip`, () => {
    const name = readdirSync(dist).find((file) => file.startsWith(`${part}-`));
    assert(name, `no ${part} in dist`);
    const bytes = gzipSync(read(name), { level: 9 }).length;
    assert(bytes <= budget, `${name} has ${bytes}`);
  });
}

test("the manifest tells the truth about every file", () => {
  const files = readdirSync(dist).filter((name) => name !== "manifest.json");
  assert.deepEqual(files.sort(), Object.keys(manifest).sort());
  for (const [name, { bytes, integrity }] of Object.entries(manifest)) {
    assert.equal(bytes, read(name).length, name);
    assert.equal(integrity, `sha384-${createHash("sha384").update(read(name)).digest("base64")}`, name);
  }
});

test("the loader is the same under both its names, and names the recorder with its integrity", () => {
  const names = Object.keys(manifest);
  const recorder = names.find((name) => name.startsWith("recorder-")) ?? "";
  const hashed = names.find((name) => name.startsWith("loader-")) ?? "";
  const loader = read("vitrine.js");
  assert.deepEqual(read(hashed), loader);
  assert(loader.includes(recorder) && loader.includes(manifest[recorder]?.integrity ?? "none"));
});

test("nothing that is shipped writes to the console", () => {
  for (const name of Object.keys(manifest))
    assert(!/console\.(log|warn|error|info|debug)/.test(String(read(name))), name);
});
