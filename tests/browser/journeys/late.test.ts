// Who comes later sees what is there.
import assert from "node:assert/strict";
import type { Agent } from "../support/agent.ts";
import { journey } from "../support/scene.ts";
import { until } from "../support/wait.ts";

journey("a second agent joins late and sees the same", async (scene) => {
  const { customer, agent, code } = await scene.shared("/checkout.html");
  await customer.page.locator("#pause-updates").click();
  await customer.fills({ "#name": "Marie Laurent", "#cc-number": "4111 1111", "#note": "Please ring twice" });
  await customer.page.locator("#delivery-express").check();
  await agent.waitsFor("#note", ({ value }) => value === "Please ring twice");

  const late = await scene.agent();
  await late.watches(await customer.nextCode(code));
  assert.equal((await late.has("#name"))?.value, "Marie Laurent");
  await until("both have the same page", async () => {
    const [first, second] = await Promise.all([comparable(agent), comparable(late)]);
    return first === second;
  });
  assert.equal(await isChecked(late, "#delivery-express"), true);
});

/** Without what a player marks by itself: the pointer's place, and its own style elements. */
async function comparable(agent: Agent): Promise<string> {
  return (await agent.text()).replace(/\s+/g, " ");
}

const isChecked = (agent: Agent, selector: string) =>
  agent.page.evaluate((wanted) => {
    const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
    return frame?.contentDocument?.querySelector<HTMLInputElement>(wanted)?.checked;
  }, selector);
