// What a hostile customer's page could try if the server let it through. Here nothing stands before the viewer but itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { add, element, ID, interaction, keyframe, textBecomes } from "../fake/recording.mjs";
import { becomes, desk, foreignHost, join, launch, sees, watch } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

function attack(name, options, run) {
  test(name, { timeout: 60_000 }, async () => {
    const at = await desk(browser, options);
    try {
      await run(at);
    } finally {
      await at.close();
    }
  });
}

/** Sends an event to those who watch, and leaves it out of every later keyframe. */
function poison(fake, event) {
  const { keyframe: clean } = fake;
  fake.keyframe = [];
  fake.emit([event]);
  fake.keyframe = clean;
}

test("no script runs and no other host is reached", { timeout: 60_000 }, async () => {
  const host = await foreignHost();
  const far = (path) => `${host.origin}/${path}`;
  const run = "top.pwned = true";
  const extra = [
    element(100, "img", { src: far("img"), onerror: run }),
    element(101, "SCRIPT", { src: far("script") }),
    element(102, "iframe", { src: far("frame") }),
    element(103, "iframe", { srcdoc: `<script>${run}</script><img src="${far("srcdoc")}">` }),
    element(104, "link", { rel: "stylesheet", href: far("sheet") }),
    element(105, "style", {
      _cssText: `@import url(${far("import")}); body { background: url(${far("background")}) }`,
    }),
    element(106, "object", { data: far("object") }),
    element(107, "video", { src: far("video"), poster: far("poster") }),
    element(108, "base", { href: far("base") }),
    element(109, "meta", { "http-equiv": "refresh", content: `0;url=${far("refresh")}` }),
    element(110, "canvas", { rr_dataURL: far("canvas") }),
    element(111, "input", { autofocus: "", onfocus: run }),
    element(112, "svg", { onload: run }),
  ];
  const at = await desk(browser, { events: keyframe({ extra }) });
  try {
    await watch(at);
    at.fake.emit([
      add(element(120, "img", { src: "x", onerror: run })),
      interaction(5, ID.field),
      textBecomes(ID.stock, "still here"),
    ]);
    await sees(at.page, "still here");
    await at.page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    assert.deepEqual(host.visits, []);
    assert.equal(await at.page.evaluate(() => window.pwned), undefined);
    assert.equal(new URL(at.page.url()).origin, at.fake.origin);
  } finally {
    await at.close();
    host.close();
  }
});

const POISONS = [
  ["an element name that is none", () => add(element(200, "a b<"))],
  ["an interaction that does not exist", () => interaction(99, ID.field)],
  ["media state on what is no media", () => add(element(201, "div", { rr_mediaState: "played" }))],
  ["a frame that cannot be read", () => null],
];

for (const [what, event] of POISONS) {
  attack(`${what}: the picture is rebuilt and goes on`, {}, async ({ fake, page, ...rest }) => {
    await watch({ fake, page, ...rest });
    const bad = event();
    if (bad) poison(fake, bad);
    else fake.raw("{");
    fake.emit([textBecomes(ID.stock, "8 bags left")]);
    await sees(page, "8 bags left");
    await becomes(page, "Live");
    fake.emit([textBecomes(ID.stock, "7 bags left")]);
    await sees(page, "7 bags left");
  });
}

attack("a page that breaks again and again is given up, in words", {}, async (at) => {
  await watch(at);
  while ((await at.page.getByRole("heading", { name: "This page cannot be shown" }).count()) === 0) {
    at.fake.raw("{");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(at.fake.hellos.length, 6, "the first and five more");
  await at.page.getByRole("button", { name: "Open again" }).click();
  await becomes(at.page, "Live");
});

attack("a frame that is not sealed shows nothing", {}, async (at) => {
  await at.page.addInitScript(() => {
    const { setAttribute } = Element.prototype;
    Element.prototype.setAttribute = function (name, value) {
      setAttribute.call(this, name, name === "sandbox" ? `${value} allow-scripts` : value);
    };
  });
  await join(at);
  await at.page.getByRole("heading", { name: "This page cannot be shown safely" }).waitFor();
  assert.equal(await at.page.locator("iframe").count(), 0);
});
