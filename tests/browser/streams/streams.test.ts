// Every recording goes through the server into a stock player, which must then have the very page that the server would
// show to an agent who comes now.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launch } from "../support/browser.ts";
import { names, read } from "../support/corpora.ts";
import { Demo } from "../support/demo.ts";
import { RawAgent, RawCustomer } from "../support/protocol.ts";
import { StockPlayer } from "../support/stock.ts";
import { EVENT, type PageFrame, type ReplayEvent } from "../support/wire.ts";

/** Events in one frame of the customer's: a recorder's usual batch. */
const BATCH = 8;

let demo: Demo;
let browser: Browser;
let customer: RawCustomer;
let agent: RawAgent;

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  customer = await RawCustomer.begins(demo);
  agent = await RawAgent.signsIn(demo);
  await agent.joins(customer.code);
});
after(async () => {
  customer?.leaves();
  await browser?.close();
  await demo?.stop();
});

for (const name of names("streams")) {
  test(`a stock player plays ${name}`, { timeout: 300_000 }, async () => {
    const { live, late } = await relay(name, read<ReplayEvent[]>(`streams/${name}`));
    const player = await StockPlayer.open(browser);
    try {
      await player.plays("live", live);
      await player.plays("late", [late]);
      assert.deepEqual(player.exceptions, []);
      assert.deepEqual(player.foreign, []);
      assert.deepEqual([...(await player.problems("live")), ...(await player.problems("late"))], []);
      assert.deepEqual(await player.differences("live", late.events), []);
      assert.deepEqual(await player.differences("late", late.events), []);
      assert.deepEqual(await player.state("live"), await player.state("late"));
    } finally {
      await player.close();
    }
  });
}

/** What an agent gets who is there from the start, and the keyframe of one who comes at the end. */
async function relay(name: string, recorded: ReplayEvent[]): Promise<{ live: PageFrame[]; late: PageFrame }> {
  await customer.opens(name, recorded.find(({ type }) => type === EVENT.meta)?.data.href as string);
  const early = await agent.watches(customer.session);
  await early.settled();
  // The picture of the page before, which an agent has until the new one comes.
  const before = early.frames.length;
  for (let at = 0; at < recorded.length; at += BATCH) customer.sends(recorded.slice(at, at + BATCH));
  await customer.applied();
  await early.settled();
  const second = await agent.watches(customer.session);
  const late = await second.keyframe();
  assert.equal(late.seq, early.sequence, "the keyframe is the state after the last event");
  early.leaves();
  second.leaves();
  return { live: early.frames.slice(before), late };
}
