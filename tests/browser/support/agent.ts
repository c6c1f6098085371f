// An agent at her desk. What she has of the customer's page is read where it is: in the frame that the player fills.
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { openWindow, type Window } from "./browser.ts";
import type { Place } from "./place.ts";
import { until } from "./wait.ts";

/** A field or an element as the agent has it. */
export interface Seen {
  text: string;
  value: string | null;
  checked: boolean;
  type: string | null;
  /** A picture that arrived and can be drawn. */
  drawn: boolean;
  address: string | null;
}

export class Agent {
  /** Every message that reached her browser, unpacked. */
  readonly received: string[] = [];

  private constructor(
    private readonly place: Place,
    readonly window: Window,
  ) {
    window.page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        this.received.push(typeof payload === "string" ? payload : gunzipSync(payload).toString());
      });
    });
  }

  static async arrives(browser: Browser, place: Place, options: BrowserContextOptions = {}): Promise<Agent> {
    const agent = new Agent(place, await openWindow(browser, options));
    await agent.page.goto(place.agentPage);
    return agent;
  }

  get page() {
    return this.window.page;
  }

  async signsIn(password = this.place.login.password): Promise<void> {
    await this.page.getByLabel("Name").fill(this.place.login.name);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  async joins(code: string): Promise<void> {
    await this.page.getByLabel("Session code").fill(code);
  }

  async watches(code: string): Promise<void> {
    await this.signsIn();
    await this.joins(code);
    await this.state("Live");
  }

  /** Takes note of the one complaint that a refusal by the server brings about, and of no other. */
  async wasRefused(status: number): Promise<void> {
    await until("the refusal stands on the console", () => this.window.complaints.length > 0);
    const [complaint = "none", ...others] = this.window.complaints.splice(0);
    assert.ok(
      complaint.startsWith(`Failed to load resource: the server responded with a status of ${status}`),
      complaint,
    );
    assert.deepEqual(others, []);
  }

  async state(label: string): Promise<void> {
    await this.page.locator(".chip", { hasText: label }).waitFor();
  }

  /** Waits until the page's text, frames and shadow trees included, has these words. */
  async sees(words: string): Promise<void> {
    await until(`the agent sees "${words}"`, async () => (await this.text()).includes(words));
  }

  /** All text of the page as she has it, the values of fields included. */
  text(): Promise<string> {
    return this.page.evaluate(readAll, "text" as const);
  }

  /** The markup of the page as she has it, frames and shadow trees included. */
  markup(): Promise<string> {
    return this.page.evaluate(readAll, "markup" as const);
  }

  /** One element of the page as she has it; null if she does not have it. */
  has(selector: string): Promise<Seen | null> {
    return this.page.evaluate((wanted) => {
      const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
      const element = frame?.contentDocument?.querySelector<HTMLElement>(wanted);
      if (!element) return null;
      const image = element as HTMLImageElement;
      return {
        text: (element.textContent ?? "").trim(),
        value: "value" in element ? String(element.value) : null,
        checked: "checked" in element && element.checked === true,
        type: element.getAttribute("type"),
        drawn: Boolean(image.complete && image.naturalWidth),
        address: element.getAttribute("src"),
      };
    }, selector);
  }

  /** How the browser draws the element for her: the values of these style properties. */
  looks(selector: string, properties: string[]): Promise<string[]> {
    return this.page.evaluate(
      ([wanted, names]) => {
        const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
        const element = frame?.contentDocument?.querySelector(wanted);
        const style = element && getComputedStyle(element);
        return names.map((name) => style?.getPropertyValue(name) ?? "");
      },
      [selector, properties] as const,
    );
  }

  /** Fonts of the page that came with it and are loaded. */
  fonts(): Promise<number> {
    return this.page.evaluate(() => {
      const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
      return [...(frame?.contentDocument?.fonts ?? [])].filter(({ status }) => status === "loaded").length;
    });
  }

  /** Waits until she has the element, and it is as `is` says. */
  waitsFor(selector: string, is: (seen: Seen) => boolean): Promise<Seen> {
    return until(`the agent has ${selector} as expected`, async () => {
      const seen = await this.has(selector);
      return seen && is(seen) && seen;
    });
  }
}

/** Runs in the agent's page: walks through frames and shadow trees. */
function readAll(what: "text" | "markup"): string {
  const parts: string[] = [];
  const tag = ({ localName, attributes }: Element) =>
    `<${[localName, ...[...attributes].map(({ name, value }) => `${name}="${value}"`)].join(" ")}>`;
  const walk = (node: Node) => {
    const element = node as HTMLInputElement & HTMLIFrameElement;
    if (node.nodeType === Node.TEXT_NODE) parts.push(node.textContent ?? "");
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (what === "markup") parts.push(tag(element));
      else if ("value" in element) parts.push(String(element.value));
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.contentDocument) walk(element.contentDocument);
      // The value is what stands in it; sheets are no text.
      if (what === "text" && ["textarea", "style"].includes(element.localName)) return;
    }
    node.childNodes.forEach(walk);
  };
  const frame = document.querySelector<HTMLIFrameElement>(".layer:not(.layer-next) iframe");
  if (frame?.contentDocument) walk(frame.contentDocument);
  return parts.join(what === "markup" ? "" : " ");
}
