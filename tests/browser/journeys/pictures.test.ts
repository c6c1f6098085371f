// Pictures, styles and fonts come through the server, from the hosts that it allows.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";
import { until } from "../support/wait.ts";

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
  await agent.waitsFor("#product-picture img", ({ drawn }) => drawn);
  await agent.waitsFor("#roastery-picture", ({ drawn }) => drawn);
  assert.ok(!(await agent.has("#press-badge"))?.drawn, "the other host's badge is not drawn");
  await agent.sees("in stock");
});

journey("styles that import styles are applied, and the shop's own font is used", async (scene) => {
  const { agent, customer } = await scene.shared("/");
  const properties = ["color", "background-color", "font-family", "display", "border-radius", "padding"];
  for (const selector of ["#shelf > *", ".site-header", "#main h1"]) {
    const wanted = await customer.page
      .locator(selector)
      .first()
      .evaluate((element, names) => names.map((name) => getComputedStyle(element).getPropertyValue(name)), properties);
    assert.deepEqual(await agent.looks(selector, properties), wanted, selector);
  }
  await until("a font of the shop is loaded", async () => (await agent.fonts()) > 0);
});
