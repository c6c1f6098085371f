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
  await customer.dock.hidesCode();
  assert.equal((await late.has("#name"))?.value, "Marie Laurent");
  assert.equal((await late.has("#delivery-express"))?.checked, true);
  await until("both have the same page", async () => (await words(agent)) === (await words(late)));
});

const words = async (agent: Agent): Promise<string> => (await agent.text()).replace(/\s+/g, " ");
