// The stage of a journey: a demo, a browser, and people who come and go. What must hold in every journey is held here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { Agent } from "./agent.ts";
import { launch } from "./browser.ts";
import { Customer } from "./customer.ts";
import { Demo } from "./demo.ts";

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

export class Scene {
  private readonly agents: Agent[] = [];
  private readonly customers: Customer[] = [];

  /** For work beside the people's own windows. */
  get browser(): Browser {
    return browser;
  }

  async customer(options?: BrowserContextOptions): Promise<Customer> {
    const customer = await Customer.arrives(browser, demo, options);
    this.customers.push(customer);
    return customer;
  }

  async agent(options?: BrowserContextOptions): Promise<Agent> {
    const agent = await Agent.arrives(browser, demo, options);
    this.agents.push(agent);
    return agent;
  }

  /** A customer who shares the page at `path`, and an agent who sees it. */
  async shared(path: string): Promise<{ customer: Customer; agent: Agent; code: string }> {
    const customer = await this.customer();
    await customer.opens(path);
    const code = await customer.startsSharing();
    const agent = await this.agent();
    await agent.watches(code);
    return { customer, agent, code };
  }

  /** No agent's browser asked anyone but the server, no customer's has a cookie of ours, and neither page complained. */
  async check(): Promise<void> {
    for (const { window } of this.agents) {
      const own = [demo.server, demo.server.replace("https:", "wss:")];
      const foreign = window.requests.filter(
        (url) => !isInside(url) && !own.some((origin) => url.startsWith(`${origin}/`)),
      );
      assert.deepEqual(foreign, [], "the agent's browser asked another origin");
    }
    for (const { window } of this.customers) {
      assert.deepEqual(window.complaints, [], "the customer's page complained");
      const cookies = (await window.page.context().cookies()).filter(({ name }) => name !== SHOP_COOKIE);
      assert.deepEqual(cookies, [], "the customer's browser has a cookie of ours");
    }
    for (const { window } of this.agents) assert.deepEqual(window.complaints, [], "the agent's page complained");
  }

  async close(): Promise<void> {
    for (const { window } of [...this.customers, ...this.agents]) await window.close();
  }
}

/** The shop's own, by which it knows a member. */
const SHOP_COOKIE = "tidewell-club";

/** Addresses that never leave the browser. */
const isInside = (url: string): boolean => /^(data|blob|about):/.test(url);

export function journey(story: string, run: (scene: Scene) => Promise<void>): void {
  test(story, { timeout: 120_000 }, async () => {
    const scene = new Scene();
    try {
      await run(scene);
      await scene.check();
    } finally {
      await scene.close();
    }
  });
}
