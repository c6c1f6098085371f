import assert from "node:assert/strict";
import { test } from "node:test";
import { forget, load, type Saved, save, storageWorks, wasLeft } from "../src/storage.js";
import { openPage } from "./support/page.js";

const SAVED = { base: "https://support.example/", token: "t" } as Saved;

function block(): void {
  Object.defineProperty(globalThis, "sessionStorage", {
    configurable: true,
    get: () => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    },
  });
}

test("what is saved is there on the next page, and the tab's name is let be", () => {
  const { name } = openPage("https://shop.example/");
  assert(storageWorks());
  save(SAVED);
  assert.deepEqual(load(SAVED.base), SAVED);
  assert.equal(globalThis.window.name, name);
  forget();
  assert.equal(load(SAVED.base), null);
});

test("without storage the tab's name tells the next page, once, unless the sharing ended before", () => {
  openPage("https://shop.example/");
  block();
  assert(!storageWorks());
  save(SAVED);
  assert.equal(load(SAVED.base), null);
  assert(wasLeft());
  assert(!wasLeft());
  save(SAVED);
  forget();
  assert(!wasLeft());
});

test("a name that the site gave its tab is never touched", () => {
  openPage("https://shop.example/");
  block();
  globalThis.window.name = "the site's own";
  save(SAVED);
  assert(!wasLeft());
  forget();
  assert.equal(globalThis.window.name, "the site's own");
});
