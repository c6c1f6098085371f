// A customer of the shop.
import type { Browser, BrowserContextOptions } from "playwright-core";
import { openWindow, type Window } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { Dock } from "./dock.ts";
import { until } from "./wait.ts";

/** One item, so that there is something to pay for. */
const BASKET = JSON.stringify([{ id: "harbour", size: "small", grind: "whole", quantity: 1 }]);

export class Customer {
  readonly dock: Dock;
  /** The newest code that the server gave to her page. */
  private newestCode = "";

  private constructor(
    private readonly demo: Demo,
    readonly window: Window,
  ) {
    this.dock = new Dock(window.page);
    window.page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        const code = /"joinCode":"(\d+)"/.exec(String(payload))?.[1];
        if (code) this.newestCode = code;
      });
    });
  }

  static async arrives(browser: Browser, demo: Demo, options: BrowserContextOptions = {}): Promise<Customer> {
    const window = await openWindow(browser, options);
    await window.page.addInitScript((basket) => {
      if (self !== top || localStorage.getItem("tidewell.basket")) return;
      localStorage.setItem("tidewell.basket", basket);
      localStorage.setItem("tidewell.account", "in");
    }, BASKET);
    return new Customer(demo, window);
  }

  get page() {
    return this.window.page;
  }

  async opens(path: string): Promise<void> {
    await this.page.goto(this.demo.shop + path);
    await this.page.locator("#demo-bar[data-state=ready]").waitFor({ state: "attached" });
  }

  /** From the button in the corner to the code on the screen. */
  async startsSharing(): Promise<string> {
    await this.dock.press("Share this page");
    await this.dock.press("Start sharing");
    return this.dock.code();
  }

  /** The code for the next agent, which takes the place of one that was used. */
  nextCode(used: string): Promise<string> {
    return until("a new code", () => this.newestCode !== used && this.newestCode);
  }

  async fills(fields: Record<string, string>): Promise<void> {
    for (const [selector, text] of Object.entries(fields)) {
      await this.page.locator(selector).click();
      await this.page.keyboard.type(text);
    }
  }

  async opensLink(selector: string): Promise<void> {
    await this.page.locator(selector).click();
    await this.page.waitForLoadState();
  }
}
