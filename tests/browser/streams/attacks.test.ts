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

type Attack = Record<string, string>;

interface Suite {
  file: string;
  /** Where a row of it has its text. */
  key: "html" | "text" | "value" | "url";
  /** What shows that the attacks are sent as they are. */
  holds: string[];
}

const SUITES: Suite[] = [
  { file: "dompurify_expect.json", key: "html", holds: ["onerror", "javascript:"] },
  { file: "patt_xss_html.json", key: "html", holds: ["onerror", "javascript:"] },
  { file: "bleach_data.json", key: "html", holds: ["javascript:"] },
  { file: "html5lib_tree_construction.json", key: "html", holds: ["foreignObject"] },
  { file: "blns.json", key: "text", holds: ["onerror", "javascript:"] },
  { file: "patt_crlf.json", key: "value", holds: ["Set-Cookie"] },
  { file: "patt_prototype_pollution.json", key: "text", holds: ["__proto__"] },
  { file: "patt_ssrf_redirect_urls.json", key: "url", holds: ["169.254.169.254"] },
];
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
  test(`${suite.file}: no script runs and nobody else is asked`, { timeout: 600_000 }, async () => {
    const attacks = read<Attack[]>(`attacks/${suite.file}`);
    const pages = await snapshots(attacks.map((attack) => markup(attack[suite.key] ?? "", suite.key)));
    for (const word of suite.holds) assert.ok(JSON.stringify(pages).includes(word), "attacks are sent");
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

/** Texts that are no HTML stand where a careless page would put them. */
function markup(text: string, key: Suite["key"]): string {
  if (key === "html") return text;
  const image = `<img src="${text}" srcset="${text} 2x"><a href="${text}">x</a>`;
  return `<p title="${text}" style="background:url('${text}')">${text}</p><style>${text}</style>${image}`;
}

/** Many attacks on a page, each in a box of its own, as the browser's parser makes them. */
async function snapshots(attacks: string[]): Promise<ReplayEvent[][]> {
  const player = await StockPlayer.open(browser);
  const pages: ReplayEvent[][] = [];
  for (let at = 0; at < attacks.length; at += PER_PAGE)
    pages.push(await player.snapshotOf(attacks.slice(at, at + PER_PAGE), mark(pages.length)));
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
