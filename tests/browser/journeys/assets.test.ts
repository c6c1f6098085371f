// What an agent sees of pictures, fonts and drawings: as the customer does where they are allowed, a placeholder of the same
// size where they are not, and what stands behind the customer's login from her own browser.
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { Agent } from "../support/agent.ts";
import { alike } from "../support/alike.ts";
import type { Customer } from "../support/customer.ts";
import { journey, type Scene } from "../support/scene.ts";
import { until } from "../support/wait.ts";

/** Room for the customer's whole window beside the agent's own panels. */
const DESK = { viewport: { width: 2000, height: 1200 } };
/** What stands on one side only: what we and the demo add, the agent's picture of the pointer, what is not allowed. */
const ONE_SIDED =
  "[data-vitrine-ui],#demo-bar,.replayer-mouse,.replayer-mouse-tail,#partner-banner,.press-mark,#press-badge{visibility:hidden!important}";
const ALIKE = 0.98;

async function shared(scene: Scene, path: string): Promise<{ customer: Customer; agent: Agent }> {
  const customer = await scene.customer();
  await customer.page.addInitScript(() => self === top && localStorage.setItem("tidewell.still", "1"));
  await customer.opens(path);
  const code = await customer.startsSharing();
  const agent = await scene.agent(DESK);
  await agent.watches(code);
  return { customer, agent };
}

const shown = (page: Page): Locator => page.locator(".layer:not(.layer-next) iframe");

/** Both areas as they are drawn, once every picture that can arrive has arrived. */
async function bothAreas({ customer, agent }: { customer: Customer; agent: Agent }): Promise<[Buffer, Buffer]> {
  const options = { animations: "disabled", caret: "hide", style: ONE_SIDED } as const;
  const area = await shown(agent.page).boundingBox();
  const size = customer.page.viewportSize();
  assert.ok(area && size);
  const clip = { x: Math.round(area.x), y: Math.round(area.y), ...size };
  return [await customer.page.screenshot(options), await agent.page.screenshot({ ...options, clip })];
}

/** Places of a page, each named by a picture that stands there. */
for (const [path, places] of [
  ["/", [".brand img", "#card-harbour img", "#story-picture"]],
  ["/product.html?id=harbour", ["#product-picture img", "#roastery-picture"]],
] as const) {
  journey(`the agent sees ${path} as the customer does`, async (scene) => {
    const people = await shared(scene, path);
    await until("the page's font is there", async () => (await people.agent.fonts()) > 0);
    for (const picture of places) {
      await people.customer.page.locator(picture).scrollIntoViewIfNeeded();
      await people.agent.waitsFor(picture, ({ drawn }) => drawn);
      let share = 0;
      const isAlike = async () => {
        share = await alike(scene.browser, ...(await bothAreas(people)));
        return share >= ALIKE;
      };
      await until(`both sides are alike at ${picture}`, isAlike).catch((error) => {
        throw new Error(`${error.message}: ${share}`);
      });
    }
  });
}

/** The box of an element on each side, in the page's own pixels. */
async function boxes({ customer, agent }: { customer: Customer; agent: Agent }, selector: string) {
  const hers = await customer.page.locator(selector).first().evaluate(boxOf);
  const seen = await shown(agent.page).contentFrame().locator(selector).first().evaluate(boxOf);
  return { hers, seen };
}

function boxOf(element: Element): number[] {
  const { width, height } = element.getBoundingClientRect();
  return [Math.round(width), Math.round(height)];
}

journey("a picture that is not allowed leaves its place and a word", async (scene) => {
  const people = await shared(scene, "/");
  const banner = "#partner-banner";
  await until("the placeholder has the picture's size", async () => {
    const { hers, seen } = await boxes(people, banner);
    return (hers[0] ?? 0) > 0 && String(hers) === String(seen);
  });
  const [content = "", mark = ""] = await shown(people.agent.page)
    .contentFrame()
    .locator(banner)
    .evaluate((element) => [getComputedStyle(element).content, element.getAttribute("data-vitrine-refused") ?? ""]);
  assert.equal(mark, "picture");
  assert.match(decodeURIComponent(content), /Picture not allowed/);
  assert.ok(!people.agent.received.join("").includes("127.0.0.1"), "nothing of its address was sent");
});

journey("sound and video, which the demo does not list, leave their places and a word", async (scene) => {
  const people = await shared(scene, "/");
  await people.customer.page.evaluate(() => {
    const markup = `<video id="clip" preload="none" controls src="/clip.mp4" poster="/img/mug.svg" style="width:320px;height:180px"></video>
      <audio id="jingle" preload="none" controls><source src="/jingle.mp3"></audio>`;
    document.querySelector("#main")?.insertAdjacentHTML("afterbegin", markup);
  });
  for (const [selector, words] of [
    ["#clip", "Video not allowed"],
    ["#jingle", "Sound not allowed"],
  ] as const) {
    await people.agent.waitsFor(selector, () => true);
    const [background = ""] = await people.agent.looks(selector, ["background-image"]);
    assert.match(decodeURIComponent(background), new RegExp(words), selector);
  }
  await until("the placeholder has the video's size", async () => {
    const { hers, seen } = await boxes(people, "#clip");
    return String(hers) === String(seen);
  });
  const received = people.agent.received.join("");
  assert.ok(!received.includes("clip.mp4") && !received.includes("jingle.mp3"), "nothing of the addresses was sent");
  // The shop's own policy lets in neither, and its browser says so.
  const complaints = people.customer.window.complaints.splice(0);
  assert.ok(
    complaints.every((complaint) => complaint.startsWith("Loading media from")),
    String(complaints),
  );
});

journey("a picture behind the customer's login comes from her browser, and she is told", async (scene) => {
  const people = await shared(scene, "/account.html");
  const { address } = await people.agent.waitsFor("#club-bag", ({ drawn }) => drawn);
  assert.match(address ?? "", /^\/asset\/[\w-]+$/);
  const { hers, seen } = await boxes(people, "#club-bag");
  assert.deepEqual(seen, hers);
  await people.customer.dock.press("Stop");
  await people.customer.dock.says("Pictures sent from your browser: 1");
});
