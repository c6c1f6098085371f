// Style sheets reach the picture as the server wrote them: the player does not parse them a second time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { add, element, ID, keyframe, textBecomes } from "../fake/recording.mjs";
import { desk, launch, sees, watch } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** What a player that parses would change: it adds its class beside `:hover`, and asks for the window's size. */
const SHEETS = ["p:hover { color: red }", "@media (max-device-width: 9px) { p { color: red } }"];

test("the player takes every sheet as it comes", { timeout: 60_000 }, async () => {
  const styles = SHEETS.map((text, at) => element(100 + at, "style", { _cssText: text }));
  const at = await desk(browser, { events: keyframe({ extra: styles }) });
  try {
    await watch(at);
    at.fake.emit([
      ...SHEETS.map((text, at) => add(element(110 + at, "style", { _cssText: text }))),
      textBecomes(ID.stock, "8 bags left"),
    ]);
    await sees(at.page, "8 bags left");
    const shown = await at.page.evaluate(() => {
      const { contentDocument } = document.querySelector(".layer:not(.layer-next) iframe");
      return [...contentDocument.querySelectorAll("body style")].map((style) => style.textContent);
    });
    assert.deepEqual(shown, [...SHEETS, ...SHEETS]);
    assert.deepEqual(at.problems, []);
  } finally {
    await at.close();
  }
});
