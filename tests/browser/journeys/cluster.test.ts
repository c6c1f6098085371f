// Several servers: what people notice when one of them dies, stands still or is stopped. It is little.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Agent } from "../support/agent.ts";
import { launch } from "../support/browser.ts";
import { Cluster } from "../support/cluster.ts";
import { Customer } from "../support/customer.ts";
import { until } from "../support/wait.ts";

/** From what was typed last to a page that is whole: before a silence would be noticed. tests/chaos has the exact bounds. */
const AFTER_A_DEATH_MS = 5_000;
/** The same where nobody is told that a server stands still. */
const AFTER_A_FREEZE_MS = 20_000;

let cluster: Cluster;
let browser: Browser;
let customer: Customer;
let agent: Agent;

before(async () => {
  cluster = await Cluster.start();
  browser = await launch(cluster);
  customer = await Customer.arrives(browser, cluster);
  await customer.page.goto(cluster.shop);
  const code = await customer.startsSharing();
  agent = await Agent.arrives(browser, cluster);
  await agent.watches(code);
  await agent.page.evaluate(() => Object.assign(window, { isTheSame: true }));
  await agent.waitsFor("#note", () => true);
});
after(async () => {
  await browser?.close();
  await cluster?.stop();
});

/** She types from before the fault to after it, and a card number that nobody may see. */
async function typing(words: string, fault: () => Promise<void>, within_ms: number): Promise<void> {
  const note = customer.page.locator("#note");
  await note.fill("");
  const typed = note.pressSequentially(words, { delay: 40 });
  await fault();
  await typed;
  await customer.page.locator("#card").fill("4111 1111 1111 1111");
  await until(
    "the agent has the customer's page",
    async () => (await agent.has("#note"))?.value === words && (await agent.has("#card"))?.value === "••••••",
    within_ms,
  );
  await agent.state("Live");
  assert.equal(await agent.page.evaluate(() => "isTheSame" in window), true, "her page was not loaded anew");
  assert.ok(!agent.received.join("").includes("4111 1111 1111 1111"));
}

test("the customer's server dies while she types", async () => {
  const node = await cluster.nodeWith("customer");
  await typing("words that outlive a server", () => cluster.make("kill", node), AFTER_A_DEATH_MS);
  await cluster.make("start", node);
});

test("the agent's server dies while the customer types", async () => {
  const node = await cluster.nodeWith("agent");
  await typing("an agent without a server sees on", () => cluster.make("kill", node), AFTER_A_DEATH_MS);
  await cluster.make("start", node);
});

test("the customer's server is stopped for an update", async () => {
  const node = await cluster.nodeWith("customer");
  await typing("who is sent on goes on", () => cluster.make("stop", node), AFTER_A_DEATH_MS);
  await cluster.make("start", node);
});

test("the agent's server stands still: she sees on elsewhere", async () => {
  const node = await cluster.nodeWith("agent");
  await typing("nobody waits for a server that sleeps", () => cluster.make("freeze", node), AFTER_A_FREEZE_MS);
  await cluster.make("wake", node);
  await typing("and its waking changes nothing", async () => {}, AFTER_A_DEATH_MS);
});
