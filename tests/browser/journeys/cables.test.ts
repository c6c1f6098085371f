// Connections that break while two people share a page: nothing is lost, and short losses go unnoticed.
import assert from "node:assert/strict";
import messages from "../../skew/messages.json" with { type: "json" };
import type { Agent } from "../support/agent.ts";
import { Cable } from "../support/cable.ts";
import type { Customer } from "../support/customer.ts";
import { speaker } from "../support/look.ts";
import { journey, type Scene } from "../support/scene.ts";
import { until } from "../support/wait.ts";

/** From a cut to the same page on both sides, typing included: before a silence would be noticed, which takes 6 s. */
const WHOLE_MS = 5_000;
/** The same where the connection only stands still. */
const WHOLE_AFTER_SILENCE_MS = 15_000;
/** What the agent is told of no loss, hers or the customer's, that is shorter: `blip_ms` and `away_after_ms` of her page. */
const BLIP_MS = 1_000;
const AWAY_MS = 1_500;

journey("the customer types on while her connection is cut, and then gone for a while", async (scene) => {
  const cable = await Cable.laid();
  const { customer, agent } = await shared(scene, cable, undefined);
  await customer.page.locator("#name").click();
  cable.cut();
  const cut_ms = now_ms();
  await customer.page.keyboard.type("Marie Laurent");
  await agent.waitsFor("#name", ({ value }) => value === "Marie Laurent");
  within(WHOLE_MS, cut_ms);
  await customer.dock.says("Sharing with ann");
  assert.deepEqual(await saidTooSoon(agent, cut_ms, AWAY_MS), [], "nobody was away");

  cable.pull();
  await customer.dock.says("Connection lost, trying again");
  await agent.state("Away");
  await customer.page.keyboard.type(" de Lyon");
  cable.plugIn();
  await agent.waitsFor("#name", ({ value }) => value === "Marie Laurent de Lyon");
  await customer.dock.says("Sharing with ann");
  await agent.state("Live");
  forgive(customer, agent);
  cable.remove();
});

journey("a connection of the customer's that only stands still is given up by itself", async (scene) => {
  const cable = await Cable.laid();
  const { customer, agent } = await shared(scene, cable, undefined);
  await customer.page.locator("#name").click();
  cable.holdStill();
  const held_ms = now_ms();
  await customer.page.keyboard.type("Marie Laurent");
  await agent.waitsFor("#name", ({ value }) => value === "Marie Laurent");
  within(WHOLE_AFTER_SILENCE_MS, held_ms);
  await customer.dock.says("Sharing with ann");
  forgive(customer, agent);
  cable.remove();
});

journey("the agent's connection is cut: she gets just what she missed, and the picture never goes", async (scene) => {
  const cable = await Cable.laid();
  const { customer, agent } = await shared(scene, undefined, cable);
  await customer.page.locator("#name").click();
  const keyframes = () => agent.received.filter((text) => text.startsWith('{"t":"keyframe"')).length;
  const before = keyframes();
  await agent.page.locator(".layer iframe").evaluate((frame) => {
    (frame as HTMLElement).dataset.same = "yes";
  });
  cable.cut();
  const cut_ms = now_ms();
  await customer.page.keyboard.type("Marie");
  await agent.waitsFor("#name", ({ value }) => value === "Marie");
  within(WHOLE_MS, cut_ms);
  assert.equal(keyframes(), before);
  assert.equal(await agent.page.locator(".layer iframe").getAttribute("data-same"), "yes");
  assert.deepEqual(await saidTooSoon(agent, cut_ms, BLIP_MS), []);
  forgive(customer, agent);
  cable.remove();
});

journey("a second tab of the customer's takes over, and the first can take it back", async (scene) => {
  const { customer, agent } = await scene.shared("/checkout.html");
  const [second] = await Promise.all([
    customer.page.context().waitForEvent("page"),
    customer.page.evaluate(() => window.open(location.href)),
  ]);
  await customer.dock.says("You are sharing another tab");
  await second.locator("#name").fill("In the second tab");
  await agent.waitsFor("#name", ({ value }) => value === "In the second tab");
  await customer.page.bringToFront();
  await customer.dock.press("Share this tab instead");
  await customer.page.locator("#name").fill("In the first tab");
  await agent.waitsFor("#name", ({ value }) => value === "In the first tab");
});

for (const release of ["first", "later"] as const) {
  journey(`a page goes along with a server of the ${release} release`, async (scene) => {
    const customer = await scene.customer();
    const said: string[] = [];
    const serverSays = await speaker(customer.page, (text) => said.push(text));
    await customer.opens("/");
    await customer.dock.press("Share this page");
    await customer.dock.press("Start sharing");
    await until("the page says hello", () => said.length > 0);
    const [welcome, ...rest] = messages[release].toCustomer;
    serverSays(welcome as object);
    await until("the page is sent", () => said.some((text) => text.includes('"t":"events"')));
    const ended = rest.pop() as object;
    for (const message of rest) serverSays(message);
    await customer.dock.says("Sharing with ann");
    await customer.dock.says("can see");
    serverSays(ended);
    await customer.dock.says("Sharing has ended");
    // The server behind it asked for no asset.
    forgive(customer);
  });
}

async function shared(scene: Scene, hers: Cable | undefined, agents: Cable | undefined) {
  const customer = await scene.customer(hers?.options);
  await customer.opens("/checkout.html");
  const code = await customer.startsSharing();
  const agent = await scene.agent(agents?.options);
  await agent.watches(code);
  await customer.dock.says("Sharing with ann");
  await agent.page.evaluate(noteStates);
  return { customer, agent };
}

interface Noted {
  word: string;
  at_ms: number;
}

/** Runs in the agent's page: notes each word that the state's chip gets from now on, and when. */
function noteStates(): void {
  const chip = document.querySelector(".chip") as HTMLElement;
  const noted: Noted[] = [];
  const note = () => {
    const word = [...chip.childNodes].find(({ nodeType }) => nodeType === Node.TEXT_NODE)?.nodeValue ?? "";
    if (word !== (noted.at(-1)?.word ?? "Live")) noted.push({ word, at_ms: Date.now() });
  };
  note();
  new MutationObserver(note).observe(chip, { childList: true, subtree: true, characterData: true });
  Object.assign(window, { noted });
}

/** What the chip said between a cut and the end of the time in which it is told to nobody. */
async function saidTooSoon({ page }: Agent, cut_ms: number, moment_ms: number): Promise<Noted[]> {
  const noted = await page.evaluate(() => (window as unknown as { noted: Noted[] }).noted);
  return noted.filter(({ at_ms }) => at_ms < cut_ms + moment_ms);
}

/** By the one clock that pages and tests have in common. */
const now_ms = (): number => Date.now();

function within(most_ms: number, since_ms: number): void {
  const took_ms = now_ms() - since_ms;
  assert.ok(took_ms < most_ms, `${took_ms} ms`);
}

/** A browser writes on the console what failed: that is what these journeys bring about. */
function forgive(...people: (Customer | Agent)[]): void {
  for (const { window } of people) {
    const others = window.complaints.filter((text) => !/WebSocket connection to|net::ERR_|status of 404/.test(text));
    window.complaints.splice(0, Number.POSITIVE_INFINITY, ...others);
  }
}
