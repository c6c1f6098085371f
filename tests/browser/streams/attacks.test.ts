// Public attack suites, sent by a recorder that means harm, into the real viewer: no script runs, nobody else is asked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Agent } from "../support/agent.ts";
import { launch } from "../support/browser.ts";
import { present, read } from "../support/corpora.ts";
import { Demo } from "../support/demo.ts";
import { RawCustomer } from "../support/protocol.ts";
import { StockPlayer } from "../support/stock.ts";
import type { ReplayEvent } from "../support/wire.ts";

interface Attack {
  id: string;
  html: string;
}

const SUITES = ["dompurify_expect.json", "patt_xss_html.json"];
/** Attacks on one page: fewer pages to wait for, and enough pages that one attack cannot hide another for long. */
const PER_PAGE = 40;

let demo: Demo;
let browser: Browser;

before(async () => {
  demo = await Demo.start();
  browser = await launch(demo);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

for (const suite of present ? SUITES : []) {
  test(`${suite}: no script runs and nobody else is asked`, { timeout: 600_000 }, async () => {
    const attacks = read<Attack[]>(`attacks/${suite}`);
    const pages = await snapshots(attacks);
    for (const active of ["onerror", "javascript:"])
      assert.ok(JSON.stringify(pages).includes(active), "attacks are sent");
    const customer = await RawCustomer.begins(demo);
    const agent = await Agent.arrives(browser, demo);
    const ran: string[] = [];
    agent.page.on("dialog", (dialog) => {
      ran.push(dialog.message());
      void dialog.dismiss();
    });
    await agent.signsIn();
    await agent.joins(customer.code);
    for (const [at, events] of pages.entries()) {
      await customer.opens(`page-${at}`);
      customer.sends(events);
      await customer.applied();
      await agent.sees(mark(at));
    }
    customer.leaves();
    await agent.window.close();
    assert.deepEqual(ran, [], "a script ran");
    assertOwn(agent.window.requests);
    const stopped = agent.window.complaints.filter((text) => /refused|violates|blocked/i.test(text));
    assert.deepEqual(stopped, [], "the browser's own policy had to stop something");
  });
}

const mark = (page: number) => `end of page ${page}`;

/** Many attacks on a page, each in a box of its own, as the browser's parser makes them. */
async function snapshots(attacks: Attack[]): Promise<ReplayEvent[][]> {
  const player = await StockPlayer.open(browser);
  const pages: ReplayEvent[][] = [];
  for (let at = 0; at < attacks.length; at += PER_PAGE) {
    const boxes = attacks.slice(at, at + PER_PAGE).map(({ html }) => html);
    pages.push(await player.snapshotOf(boxes, mark(pages.length)));
  }
  await player.close();
  return pages;
}

function assertOwn(requests: string[]): void {
  const own = [`${demo.server}/`, `${demo.server.replace("https:", "wss:")}/`];
  const foreign = requests.filter(
    (url) => !/^(data|blob|about):/.test(url) && !own.some((start) => url.startsWith(start)),
  );
  assert.deepEqual(foreign, [], "another origin was asked");
}
