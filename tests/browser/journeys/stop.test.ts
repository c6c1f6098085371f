// Stop means stop, for everybody.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";

journey("the customer stops: both agents are told, and nothing more reaches them", async (scene) => {
  const { customer, agent, code } = await scene.shared("/checkout.html");
  const second = await scene.agent();
  await second.watches(await customer.nextCode(code));

  await customer.dock.press("Stop");
  await customer.dock.says("Sharing has ended");
  for (const { page } of [agent, second]) {
    await page.getByRole("heading", { name: "This session has ended" }).waitFor();
    assert.equal(await page.locator(".layer iframe").count(), 0, "the customer's page is gone");
  }
  const before = agent.received.length;
  await customer.fills({ "#name": "Nobody reads this" });
  await customer.page.reload();
  await customer.dock.find("button", "Share this page");
  assert.equal(agent.received.length, before);
});

journey("Escape twice stops too", async (scene) => {
  const { customer, agent } = await scene.shared("/");
  await customer.page.keyboard.press("Escape");
  await customer.page.keyboard.press("Escape");
  await agent.page.getByRole("heading", { name: "This session has ended" }).waitFor();
  await customer.dock.says("Sharing has ended");
});

journey("while paused the agent sees nothing new, and then the page as it is", async (scene) => {
  const { customer, agent } = await scene.shared("/checkout.html");
  await customer.dock.press("Pause");
  await agent.state("Paused");
  await customer.fills({ "#name": "Typed in private" });
  await customer.page.locator("#name").fill("Marie");
  await customer.dock.press("Resume");
  await agent.waitsFor("#name", ({ value }) => value === "Marie");
  assert.ok(!agent.received.join("").includes("Typed in private"));
});

journey("the agent leaves: the customer is told, and nobody sees the page", async (scene) => {
  const { customer, agent } = await scene.shared("/");
  await agent.page.getByRole("button", { name: "Leave" }).click();
  await customer.dock.find("heading", "Read this code to the agent");
});
