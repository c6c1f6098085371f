// A customer fills in the checkout while an agent looks on.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";

const FILLER = "••••••";
const SOON_MS = 1_000;

journey("the agent sees what the customer types within a second, and never card or password", async (scene) => {
  const { customer, agent } = await scene.shared("/checkout.html");
  await customer.dock.says("Sharing with ann");

  const took_ms: number[] = [];
  for (const letter of "Marie") {
    await customer.page.locator("#name").focus();
    await customer.page.keyboard.type(letter);
    const typed = await customer.page.locator("#name").inputValue();
    const begun = performance.now();
    await agent.waitsFor("#name", ({ value }) => value === typed);
    took_ms.push(performance.now() - begun);
  }
  const median_ms = took_ms.sort((a, b) => a - b)[2] ?? Number.POSITIVE_INFINITY;
  assert.ok(median_ms < SOON_MS, `median of ${took_ms.map(Math.round).join(", ")} ms`);

  await customer.fills({
    "#email": "marie@example.net",
    "#cc-name": "Marie Laurent",
    "#cc-number": "4111 1111 1111 1111",
    "#cc-exp": "12/29",
    "#cc-csc": "739",
    "#city": "Lyon",
  });
  await agent.waitsFor("#city", ({ value }) => value === "Lyon");
  for (const field of ["#cc-number", "#cc-exp", "#cc-csc"]) {
    const seen = await agent.has(field);
    assert.equal(seen?.value, FILLER, `${field} is masked`);
  }
  const all = agent.received.join("\n");
  assert.ok(all.includes("marie@example.net"), "what is not private arrives");
  for (const secret of ["4111 1", '"4111', "12/29", '"739"', "csrf-demo"]) assert.ok(!all.includes(secret), secret);
});

journey("a password stays a filler, also while the customer shows it to herself", async (scene) => {
  const { customer, agent } = await scene.shared("/account.html");
  await customer.page.locator("#current-password").scrollIntoViewIfNeeded();
  await customer.fills({ "#current-password": "old-secret-1", "#new-password": "new-secret-2" });
  await agent.waitsFor("#new-password", ({ value }) => value === FILLER);
  assert.equal((await agent.has("#current-password"))?.type, "text", "no password field reaches an agent's browser");
  const all = agent.received.join("\n");
  for (const secret of ["old-secret", "new-secret"]) assert.ok(!all.includes(secret), secret);
});
