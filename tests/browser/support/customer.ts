// A customer of the shop.
import type { Browser, BrowserContextOptions } from "playwright-core";
import { openWindow, type Window } from "./browser.ts";
import { Dock } from "./dock.ts";
import type { Place } from "./place.ts";
import { until } from "./wait.ts";

/** One item, so that there is something to pay for. */
const BASKET = JSON.stringify([{ id: "harbour", size: "small", grind: "whole", quantity: 1 }]);

export class Customer {
  readonly dock: Dock;
  private constructor(
    private readonly place: Place,
    readonly window: Window,
  ) {
    this.dock = new Dock(window.page);
  }

  static async arrives(browser: Browser, place: Place, options: BrowserContextOptions = {}): Promise<Customer> {
    const window = await openWindow(browser, options);
    await window.page.addInitScript((basket) => {
      if (self !== top || localStorage.getItem("tidewell.basket")) return;
      localStorage.setItem("tidewell.basket", basket);
      localStorage.setItem("tidewell.account", "in");
    }, BASKET);
    return new Customer(place, window);
  }

  get page() {
    return this.window.page;
  }

  async opens(path: string): Promise<void> {
    await this.page.goto(this.place.shop + path);
    await this.page.locator("#demo-bar[data-state=ready]").waitFor({ state: "attached" });
  }

  /** From the button in the corner to the code on the screen. */
  async startsSharing(): Promise<string> {
    await this.dock.press("Share this page");
    await this.dock.press("Start sharing");
    return this.dock.code();
  }

  /** The code for the next agent, from the screen while an agent is there: it takes the place of one that was used. */
  async nextCode(used: string): Promise<string> {
    await this.dock.press("Code for another agent");
    return until("a new code", async () => {
      const code = await this.dock.code();
      return code !== used && code;
    });
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
