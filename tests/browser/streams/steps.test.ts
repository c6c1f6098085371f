// After each event a stock player has the very page that a late agent would get: in every recording, and in random
// histories of a page. Runs with `--long` compare after every event and play more histories.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launch } from "../support/browser.ts";
import { file, names } from "../support/corpora.ts";
import { histories, isLong, type Step, steps } from "../support/steps.ts";
import { StockPlayer } from "../support/stock.ts";

const HISTORIES = isLong ? 200 : 20;
/** Every so many events of a recording the pages are compared, and after the last one. */
const COMPARED_EVERY = isLong ? 1 : 32;

let browser: Browser;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Plays what leaves of one page, step by step, beside a player who comes at the end. */
async function follows(list: AsyncIterable<Step> | Iterable<Step>): Promise<void> {
  const player = await StockPlayer.open(browser);
  try {
    let at = 0;
    let last: Step | undefined;
    let waiting: string[] = [];
    for await (const step of list) {
      at += 1;
      waiting.push(step.line);
      if (!step.isCompared) continue;
      last = step;
      const where = `${step.of}, step ${at}: ${step.line.slice(0, 600)}`;
      assert.deepEqual(await player.follows("live", waiting), [], where);
      waiting = [];
    }
    assert.ok(last && waiting.length === 0, "the last page was compared");
    await player.joins("late", last.line);
    assert.deepEqual(await player.state("live"), await player.state("late"), last.of);
    assert.deepEqual([...(await player.problems("live")), ...(await player.problems("late"))], [], last.of);
    assert.deepEqual(player.exceptions, [], last.of);
    assert.deepEqual(player.foreign, [], last.of);
  } finally {
    await player.close();
  }
}

for (const name of names("streams")) {
  test(`after each event of ${name}`, { timeout: 1_800_000 }, () =>
    follows(steps("stream", file(`streams/${name}`), String(COMPARED_EVERY))),
  );
}

test(`after each event of ${HISTORIES} random histories`, { timeout: 1_800_000 }, async () => {
  let played = 0;
  for await (const list of histories(0, HISTORIES)) {
    await follows(list);
    played += 1;
  }
  assert.equal(played, HISTORIES);
});
