// Pictures, styles and fonts come through the server, from the hosts that it allows.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";

const ASSET = /^\/asset\/[\w-]+$/;

journey("pictures of the shop and of the allowed host arrive; those of the other host do not", async (scene) => {
  const { agent } = await scene.shared("/");
  for (const picture of ["#story-picture", "#card-harbour img", ".brand img"]) {
    const { address } = await agent.waitsFor(picture, ({ drawn }) => drawn);
    assert.match(address ?? "", ASSET, picture);
  }
  const banner = await agent.has("#partner-banner img, img#partner-banner");
  assert.ok(!banner?.drawn, "the other host's banner is not drawn");
  assert.ok(!(await agent.markup()).includes("127.0.0.1"), "nor is its address there");
  assert.ok(!agent.received.join("").includes("127.0.0.1"), "nor was it ever sent");
});

journey("a product's pictures of both kinds, and its shadow trees", async (scene) => {
  const { agent } = await scene.shared("/product.html?id=harbour");
  await agent.waitsFor("#product-picture", ({ drawn }) => drawn);
  await agent.waitsFor("#roastery-picture", ({ drawn }) => drawn);
  assert.ok(!(await agent.has("#press-badge"))?.drawn, "the other host's badge is not drawn");
  await agent.sees("in stock");
});

journey("styles that import styles are applied, and the shop's own font is used", async (scene) => {
  const { agent, customer } = await scene.shared("/");
  const looks = (selector: string) => {
    const style = getComputedStyle(document.querySelector(selector) as Element);
    return [style.color, style.backgroundColor, style.fontFamily, style.display, style.borderRadius];
  };
  const wanted = await customer.page.locator("#shelf > *").first().evaluate((element) => {
    const style = getComputedStyle(element);
    return [style.color, style.backgroundColor, style.fontFamily, style.display, style.borderRadius];
  });
  assert.ok(looks);
  const seen = await agent.page.evaluate(() => {
    const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
    const element = frame?.contentDocument?.querySelector("#shelf > *");
    if (!element) return null;
    const style = getComputedStyle(element);
    return [style.color, style.backgroundColor, style.fontFamily, style.display, style.borderRadius];
  });
  assert.deepEqual(seen, wanted);
  await agent.page.waitForFunction(() => {
    const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
    return [...(frame?.contentDocument?.fonts ?? [])].some(({ status }) => status === "loaded");
  });
});
