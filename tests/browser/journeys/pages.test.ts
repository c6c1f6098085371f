// A session belongs to the tab, not to the page.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";

journey("it goes on over reloads and from page to page", async (scene) => {
  const { customer, agent } = await scene.shared("/");
  await agent.sees("Tidewell");

  await customer.page.reload();
  await customer.dock.says("Sharing with ann");
  await customer.page.locator("#offer").evaluate((element) => {
    element.textContent = "Written after the reload";
  });
  await agent.sees("Written after the reload");

  await customer.opensLink("#basket-link");
  await customer.dock.says("Sharing with ann");
  await agent.sees("Basket");
  await agent.waitsFor("#sum-total", ({ text }) => text.startsWith("£"));

  await customer.opensLink("#to-checkout");
  await customer.fills({ "#name": "Marie" });
  await agent.waitsFor("#name", ({ value }) => value === "Marie");

  assert.match((await agent.page.locator(".address-url").textContent()) ?? "", /\/checkout\.html$/);
  assert.equal(await agent.page.locator(".address a").count(), 0, "the address is text, not a link");
});

journey("a script that changes the address without a page load is followed", async (scene) => {
  const { customer, agent } = await scene.shared("/");
  await customer.page.evaluate(() => history.pushState(null, "", "/coffee/of/the/day?ref=1"));
  await agent.page.locator(".address-url", { hasText: /\/coffee\/of\/the\/day$/ }).waitFor();
  await customer.page.goBack();
  await agent.page.locator(".address-url", { hasText: /:\d+\/$/ }).waitFor();
});
