import assert from "node:assert/strict";
import { test } from "node:test";
import { importsFirst } from "../src/imports.js";

const A = '@import url("https://cdn.example/a.css");';
const B = '@import url("https://cdn.example/b;}.css") layer(x) supports(display: grid) screen;';

for (const [css, wanted] of [
  ["", ""],
  ["a { color: red; }", "a { color: red; }"],
  [`${A}a { }`, `${A}a { }`],
  [`a { }${A}b { }${B}c { }`, `${A}${B}a { }b { }c { }`],
  [`a { content: "@import url(\\"x\\");"; }`, `a { content: "@import url(\\"x\\");"; }`],
  ["a { }@import x;", "a { }@import x;"],
] as const) {
  test(`imports come first: ${css}`, () => assert.equal(importsFirst(css), wanted));
}
