// Builds the snippet into dist/: the loader, the recorder under a content-hashed name, and what a server needs to serve
// them (sizes and integrity values). The same sources give the same bytes, so a server can tell whether they changed.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

export const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Style sheets are imported as minified text, for constructable style sheets. */
export const cssAsText = {
  name: "css-as-text",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/**
 * rrweb's recording of canvas commands and its worker stay out: the snippet never asks for them, and takes pictures of
 * canvases itself. The recorder's version is pinned; another one that looks different there fails the build.
 */
const CANVAS_PART = /^const canvasVarMap = [\s\S]*?(?=^class StylesheetManager )/m;
const NO_CANVAS = "class CanvasManager { freeze() {} unfreeze() {} lock() {} unlock() {} reset() {} }\n";
const withoutCanvasCommands = {
  name: "without-canvas-commands",
  setup(builder) {
    builder.onLoad({ filter: /@rrweb\/record\/dist\/record\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!CANVAS_PART.test(source)) throw new Error("the recorder's canvas part is not where it was");
      return { contents: source.replace(CANVAS_PART, NO_CANVAS), loader: "js" };
    });
  },
};

const LICENCE_OF_RECORDER =
  "/*! Vitrine, MIT OR Apache-2.0. Contains @rrweb/record 2.1.6 without its canvas commands, (c) contributors to rrweb, MIT (opensource.org/license/mit) */";

async function bundle(entry, define, banner) {
  const result = await build({
    entryPoints: [join(root, "src", entry)],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2020",
    legalComments: "none",
    // A customer's console belongs to the site: nothing that we ship writes to it.
    drop: ["console", "debugger"],
    banner: { js: banner },
    define,
    plugins: [cssAsText, withoutCanvasCommands],
  });
  return result.outputFiles[0].contents;
}

const integrity = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
const shortHash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

async function main() {
  const define = { __VERSION__: JSON.stringify(version) };
  const recorder = await bundle("main.ts", define, LICENCE_OF_RECORDER);
  const recorderFile = `recorder-${shortHash(recorder)}.js`;
  const loader = await bundle(
    "loader.ts",
    {
      ...define,
      __RECORDER_FILE__: JSON.stringify(recorderFile),
      __RECORDER_INTEGRITY__: JSON.stringify(integrity(recorder)),
    },
    "/*! Vitrine, MIT OR Apache-2.0 */",
  );
  const files = {
    "vitrine.js": loader,
    [`loader-${shortHash(loader)}.js`]: loader,
    [recorderFile]: recorder,
  };

  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const manifest = {};
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(dist, name), bytes);
    const gzip_bytes = gzipSync(bytes, { level: 9 }).length;
    manifest[name] = { bytes: bytes.length, gzip_bytes, integrity: integrity(bytes) };
    process.stdout.write(`${name.padEnd(28)} ${bytes.length} bytes, ${gzip_bytes} gzip\n`);
  }
  writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
