// Makes first inputs for the fuzz targets from the rows that the tests have: `node seeds.mjs FOLDER`.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const out = process.argv[2];
const corpus = new URL("../../../tests/corpus/", import.meta.url);
const corpora = process.env.VITRINE_CORPORA ?? new URL("../../../../shared/corpora/", import.meta.url).pathname;
const MOST_BYTES = 4096;
const MOST_SEEDS = 400;

const rows = (name) => JSON.parse(readFileSync(new URL(name, corpus), "utf8"));

const element = (id, tagName, childNodes) => ({ type: 2, id, tagName, attributes: {}, childNodes });
const page = (nodes) => [
  { type: 4, data: { href: "https://shop.example/", width: 800, height: 600 }, timestamp: 1 },
  {
    type: 2,
    data: {
      node: { type: 0, id: 1, childNodes: [element(2, "html", [element(3, "head", []), element(4, "body", nodes)])] },
      initialOffset: { left: 0, top: 0 },
    },
    timestamp: 1,
  },
];
const events = (row) => JSON.stringify([...(row.raw ?? page(row.nodes ?? [])), ...(row.events ?? [])]);

const attacks = rows("html_attacks.json").map((row) => row.input);
const masked = rows("masking.json");
const sheets = (html) => [...html.matchAll(/<style[^>]*>([^<]+)|style=["']([^"']+)/g)].map((at) => at[1] ?? at[2]);
const addresses = (html) =>
  [...html.matchAll(/(?:href|src|srcset|url)\s*[=(]\s*["']?([^"'\s>)]+)/g)].map((at) => at[1]);
const selectors = masked.flatMap((row) => [...(row.rules?.mask ?? []), ...(row.rules?.block ?? [])]);
const small = "<div class=a id=i><p data-x=1>x</p><input type=password required><span></span></div>";

const seeds = {
  decode: rows("event_attacks.json").map(events),
  html: [...attacks, ...masked.map((row) => row.html).filter(Boolean), ...real("pages", 0)],
  css: [...attacks.flatMap(sheets), ...real("pages", 1)],
  url: attacks.flatMap(addresses),
  selector: selectors.map((selector) => `${selector}\n.a:has(> p) ~ span\ninput:required\n${small}`),
  token: ["AQcAAAAA", "a".repeat(200)],
  // These two read bytes as choices: a few long runs of them to begin with.
  apply: [1, 2, 3, 4].map(choices),
  session: [5, 6, 7, 8].map(choices),
};

// Beginnings of real pages, and what stands in their style elements.
function real(folder, wanted) {
  let names = [];
  try {
    names = readdirSync(join(corpora, folder));
  } catch {
    return [];
  }
  const texts = names.map((name) => readFileSync(join(corpora, folder, name), "utf8"));
  return wanted === 0 ? texts.map((text) => text.slice(0, MOST_BYTES)) : texts.flatMap(sheets);
}

function choices(seed) {
  const bytes = Buffer.alloc(600);
  let word = seed;
  for (let at = 0; at < bytes.length; at++) {
    word = (word * 48271) % 2147483647;
    bytes[at] = word & 255;
  }
  return bytes;
}

for (const [target, list] of Object.entries(seeds)) {
  mkdirSync(join(out, target), { recursive: true });
  list.slice(0, MOST_SEEDS).forEach((seed, at) => {
    const bytes = Buffer.from(seed);
    if (bytes.length > 0) writeFileSync(join(out, target, String(at)), bytes.subarray(0, MOST_BYTES));
  });
}
