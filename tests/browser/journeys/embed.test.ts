// The viewer in a frame of an integrator's desk, on another site than the server's, where cookies of third parties are blocked.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { Agent } from "../support/agent.ts";
import { launch } from "../support/browser.ts";
import { Customer } from "../support/customer.ts";
import { Demo, sparePorts } from "../support/demo.ts";
import { Desk } from "../support/desk.ts";
import { isAccessible, snap } from "../support/look.ts";
import { until } from "../support/wait.ts";

const APP = { id: "crm", key: "only-the-desks-own-back-end-knows-this-key" };
/** Sites of this computer. No two of these names, nor one of them and `localhost`, have a registrable domain in common. */
const site = (name: string, port: number) => `http://${name}.localhost:${port}`;
/** A picture of the shop and one of the host beside it that it allows, on each of two pages. */
const PICTURES = {
  "/": ["#story-picture", ".brand img"],
  "/product.html?id=harbour": ["#product-picture img", "#roastery-picture"],
};

let demo: Demo;
let desk: Desk;
let stranger: Server;
let browser: Browser;
let crm: string;
let foreign: string;

before(async () => {
  const port = await sparePorts(2);
  [crm, foreign] = [site("crm", port), site("foreign", port + 1)];
  demo = await Demo.start({
    VITRINE_HTTP_SECURITY__FRAME_ANCESTORS: JSON.stringify([crm]),
    VITRINE_AGENTS__APPS: `{ ${APP.id} = { keys = ["${APP.key}"], roles = ["agent"] } }`,
  });
  desk = await Desk.open(port, demo.server, demo.certificate, APP);
  stranger = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html>"));
  await new Promise<void>((resolve) => stranger.listen(port + 1, "127.0.0.1", resolve));
  browser = await launch(demo);
});
after(async () => {
  await browser?.close();
  stranger?.close();
  desk?.close();
  await demo?.stop();
});

/** One tab of the desk. */
class Tab {
  private constructor(readonly page: Page) {}

  static async opens(context: BrowserContext): Promise<Tab> {
    const page = await context.newPage();
    await blockThirdParties(page);
    await page.addInitScript(keepSockets);
    await page.goto(crm);
    const tab = new Tab(page);
    await tab.inFrame.getByRole("heading", { name: "Join a customer" }).waitFor();
    return tab;
  }

  get inFrame() {
    return this.page.frameLocator('iframe[title="The customer\'s page"]');
  }

  get viewer(): Frame {
    const found = this.page.frames().find((frame) => frame.url().startsWith(demo.agentPage));
    if (!found) throw new Error("the viewer is not there");
    return found;
  }

  async joins(code: string): Promise<void> {
    await this.page.getByLabel("Customer's code").fill(code);
    await this.page.getByRole("button", { name: "Show" }).click();
    await this.says("watching, not verified");
  }

  async says(words: string): Promise<void> {
    await this.page.locator("output", { hasText: words }).waitFor();
  }

  /** And has another a moment later: so short a loss is nobody's news. */
  async losesItsConnection(): Promise<void> {
    const cut = await this.viewer.evaluate(() => {
      const { kept } = window as unknown as { kept: WebSocket[] };
      kept.at(-1)?.close();
      return kept.length;
    });
    await until("the viewer has another connection", () =>
      this.viewer.evaluate((cut) => {
        const { kept } = window as unknown as { kept: WebSocket[] };
        return kept.length > cut && kept.at(-1)?.readyState === WebSocket.OPEN;
      }, cut),
    );
    await this.says("watching");
  }

  /** Waits until these pictures of the customer's page have arrived and are drawn. */
  async draws(pictures: readonly string[]): Promise<void> {
    for (const picture of pictures)
      await until(`${picture} is drawn`, () =>
        this.viewer.evaluate((selector) => {
          const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
          const image = frame?.contentDocument?.querySelector<HTMLImageElement>(selector);
          return Boolean(image?.complete && image.naturalWidth > 0 && image.getAttribute("src")?.startsWith("/asset/"));
        }, picture),
      );
  }
}

const blockThirdParties = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCookieControls" as never, { enableThirdPartyCookieRestriction: true } as never);
};

/** Runs in every frame: holds on to its connections, so that one can be cut. */
function keepSockets(): void {
  const Native = window.WebSocket;
  const kept: WebSocket[] = [];
  Object.assign(window, { kept });
  window.WebSocket = class extends Native {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      kept.push(this);
    }
  };
}

async function shares(path: string): Promise<{ customer: Customer; code: string }> {
  const customer = await Customer.arrives(browser, demo);
  await customer.opens(path);
  return { customer, code: await customer.startsSharing() };
}

test("a desk on another site embeds the viewer, and sees pages with their pictures", { timeout: 120_000 }, async () => {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 } });
  const asked: { url: string; headers: Record<string, string> }[] = [];
  context.on("request", (request) => asked.push({ url: request.url(), headers: request.headers() }));
  const [home, product] = Object.entries(PICTURES) as [[string, string[]], [string, string[]]];
  const [{ customer, code }, second] = await Promise.all([shares(home[0]), shares(product[0])]);

  const first = await Tab.opens(context);
  assert.deepEqual(await first.viewer.evaluate(whatCookiesStay), ["partitioned"], "third parties are blocked");
  await first.joins(code);
  await first.draws(home[1]);
  await snap(first.page, "embedded-900");

  // A second session in a second tab, by another token of the same agent, takes nothing from the first.
  const other = await Tab.opens(context);
  await other.joins(second.code);
  await other.draws(product[1]);
  await first.losesItsConnection();
  await customer.page.goto(demo.shop + product[0]);
  await first.draws(product[1]);

  await first.page.bringToFront();
  await first.page.setViewportSize({ width: 320, height: 640 });
  await until("nothing sticks out of the narrow frame", () => first.viewer.evaluate(fitsIn, 320));
  await snap(first.page, "embedded-320");
  await isAccessible(first.viewer, "the viewer in a narrow frame");
  holdsToItsToken(asked);
  await first.page.getByRole("button", { name: "Leave" }).first().click();
  await first.says("closed");
  await Promise.all([context.close(), customer.window.close(), second.customer.window.close()]);
});

/** Runs in the frame: whether it has this width, nothing sticks out of it, and it was painted so. */
async function fitsIn(width: number): Promise<boolean> {
  for (const _ of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve));
  const page = document.querySelector<HTMLElement>(".page")?.offsetWidth ?? Number.POSITIVE_INFINITY;
  return innerWidth === width && document.documentElement.scrollWidth <= width && page <= width;
}

/** Every call of the interface carries a token; no request of the frame carries a login, and none goes elsewhere. */
function holdsToItsToken(asked: { url: string; headers: Record<string, string> }[]): void {
  const calls = asked.filter(({ url }) => url.startsWith(`${demo.server}/api/`) && !url.endsWith("/frame-ancestors"));
  assert.ok(calls.length > 3);
  assert.deepEqual(
    calls.filter(({ headers }) => !headers.authorization?.startsWith("Bearer ")),
    [],
  );
  assert.deepEqual(
    asked.filter(({ headers }) => headers.cookie?.includes("vitrine-login")),
    [],
  );
  const elsewhere = asked.filter(({ url }) => ![demo.server, crm].some((origin) => url.startsWith(`${origin}/`)));
  assert.deepEqual(
    elsewhere.filter(({ url }) => !/^(data|blob|about):/.test(url)),
    [],
  );
}

/** Runs in the frame: which of two cookies of a third party the browser keeps. */
function whatCookiesStay(): string[] {
  for (const name of ["partitioned", "plain"]) {
    const kind = name === "plain" ? "" : "; Partitioned";
    // biome-ignore lint/suspicious/noDocumentCookie: its newer interface says nothing of what is blocked
    document.cookie = `${name}=1; Secure; SameSite=None; Path=/agent/${kind}`;
  }
  const kept = document.cookie.split("; ").map((pair) => pair.split("=")[0] ?? "");
  // biome-ignore lint/suspicious/noDocumentCookie: as above
  document.cookie = "partitioned=; Secure; SameSite=None; Path=/agent/; Partitioned; Max-Age=0";
  return kept;
}

test("a page that is not listed is shown nothing, and a foreign frame is not heard", { timeout: 120_000 }, async () => {
  const context = await browser.newContext();
  const [page, asked] = [await context.newPage(), [] as string[]];
  page.on("request", (request) => asked.push(request.url()));
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(foreign);
  await page.evaluate(embed, demo.agentPage);
  await until("the browser refuses the frame", () => said.some((text) => text.includes("frame-ancestors")));
  assert.deepEqual(
    asked.filter((url) => url.startsWith(demo.server)),
    [demo.agentPage],
    "no script was loaded",
  );

  const { customer, code } = await shares("/");
  const tab = await Tab.opens(context);
  await tab.joins(code);
  await tab.page.evaluate(embed, foreign);
  await tab.page.evaluate(noteEndings);
  const strange = await until("the foreign frame", () =>
    tab.page.frames().find((frame) => frame.url().startsWith(foreign)),
  );
  await strange.evaluate(() => {
    for (const message of [{ type: "leave" }, { type: "token", token: "a.b.c" }, { type: "join", joinCode: "1" }])
      parent.frames[0]?.postMessage({ vitrine: 1, ...message }, "*");
  });
  // What the page around says next is obeyed, so what the stranger said before was heard, and nothing came of it.
  await tab.page.evaluate(tellViewer, [demo.server, { type: "join", joinCode: "000" }] as const);
  await tab.says("wrong-code");
  await tab.inFrame.locator(".chip", { hasText: "Live" }).waitFor();
  assert.deepEqual(await tab.page.evaluate(() => (window as unknown as { ended: string[] }).ended), []);
  await Promise.all([context.close(), customer.window.close()]);
});

test("what a foreign window says to a page that is shared does nothing", { timeout: 120_000 }, async () => {
  const customer = await Customer.arrives(browser, demo);
  await customer.page.addInitScript(countListeners);
  await customer.opens("/help.html");
  const agent = await Agent.arrives(browser, demo);
  await agent.watches(await customer.startsSharing());
  const [popup] = await Promise.all([
    customer.page.waitForEvent("popup"),
    customer.page.evaluate((address) => void window.open(address), foreign),
  ]);
  await popup.waitForLoadState();
  await popup.evaluate(() => {
    const node = { type: 3, id: -1, textContent: "from elsewhere" };
    const data = { source: 0, texts: [], attributes: [], removes: [], adds: [{ parentId: 1, nextId: null, node }] };
    const event = { type: 3, data, timestamp: Date.now() };
    const recorded = { type: "rrweb", event, origin: location.origin, isCheckout: false };
    for (const message of [recorded, { vitrine: 1, type: "leave" }, { t: "end" }, ["stop"], "stop"])
      opener.postMessage(message, "*");
  });
  // Messages are taken in turn, so those are dealt with when this comes through.
  await customer.page.bringToFront();
  await customer.fills({ "#contact-text": "Where is my parcel" });
  await agent.waitsFor("#contact-text", ({ value }) => value === "Where is my parcel");
  assert.ok(!agent.received.join("").includes("from elsewhere"));
  assert.deepEqual(await customer.page.evaluate(() => (window as unknown as { listening: string[] }).listening), []);
  assert.deepEqual(customer.window.complaints, []);
  await Promise.all([agent.window.close(), customer.window.close()]);
});

/** Runs before a page's scripts: notes who listens to messages of other windows. */
function countListeners(): void {
  const listening: string[] = [];
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (...given: Parameters<typeof add>) {
    if (given[0] === "message" && (this === null || this === window)) listening.push(String(given[1]));
    add.apply(this, given);
  };
  Object.assign(window, { listening });
}

const tellViewer = ([viewer, message]: readonly [string, object]): void =>
  frames[0]?.postMessage({ vitrine: 1, ...message }, viewer);

/** Runs in the desk's page: keeps what the viewer says of sessions that are over. */
function noteEndings(): void {
  const ended: string[] = [];
  Object.assign(window, { ended });
  addEventListener("message", ({ data }) => {
    if (data.type === "closed" || data.state === "ended") ended.push(data.type);
  });
}

/** Runs in a page: puts an address into a frame, and is done when that has loaded, or was refused. */
function embed(address: string): Promise<void> {
  const frame = document.createElement("iframe");
  frame.src = address;
  return new Promise((resolve) => {
    frame.onload = () => resolve();
    document.body.append(frame);
  });
}
