// Pictures for people to look at, and a judge of accessibility.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import axe from "axe-core";
import type { BrowserContextOptions, Frame, Page } from "playwright-core";

const OUT = join(__HERE__, "out");

export interface Shape {
  name: string;
  colorScheme: "light" | "dark";
  customer: { width: number; height: number };
  agent: { width: number; height: number };
  forcedColors?: BrowserContextOptions["forcedColors"];
  /** The customer's page reads from right to left. */
  rightToLeft?: boolean;
}

const WIDE = { customer: { width: 1280, height: 800 }, agent: { width: 1440, height: 900 } };
const NARROW = { customer: { width: 320, height: 640 }, agent: { width: 768, height: 1024 } };

export const SHAPES: Shape[] = [
  { name: "wide-light", colorScheme: "light", ...WIDE },
  { name: "wide-dark", colorScheme: "dark", ...WIDE },
  { name: "narrow-light", colorScheme: "light", ...NARROW },
  { name: "narrow-dark", colorScheme: "dark", ...NARROW },
];

/** What a customer may have set for herself, and how a site may be. The zoomed window is one of 1280 × 1024 at 400 %. */
export const OWN_WAYS: Shape[] = [
  { name: "forced-colours", colorScheme: "dark", ...WIDE, forcedColors: "active" },
  { name: "right-to-left", colorScheme: "light", ...WIDE, rightToLeft: true },
  { name: "zoomed", colorScheme: "light", ...WIDE, customer: { width: 320, height: 256 } },
];

/** Takes a picture and lets axe-core find nothing. */
export async function look(page: Page, shape: Shape, state: string): Promise<void> {
  await snap(page, `${state}-${shape.name}`);
  await isAccessible(page, `${state} ${shape.name}`, shape.forcedColors !== "active");
}

export async function snap(page: Page, name: string): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path: join(OUT, `${name}.png`), animations: "disabled" });
}

/** Forced colours are the person's own, and not judged; what is drawn in them axe-core reads wrong. */
export async function isAccessible(page: Page | Frame, what: string, judgesContrast = true): Promise<void> {
  await page.evaluate(axe.source);
  // The customer's page in an agent's frame is the customer's: it is judged where it comes from.
  const found = await page.evaluate(async (contrast) => {
    const { axe: judge } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await judge.run({ exclude: [[".layers"]] } as never, {
      iframes: false,
      preload: false,
      rules: { "color-contrast": { enabled: contrast } },
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => JSON.stringify(target)).join(" ")}`);
  }, judgesContrast);
  assert.deepEqual(found, [], `accessibility of ${what}`);
}

/**
 * Says something to the customer's page in the server's name; for what this version's server never says. With `hear` it
 * takes the server's place, and hears the page in its stead.
 */
export async function speaker(page: Page, hear?: (text: string) => void): Promise<(message: object) => void> {
  let say = (_json: string): void => {
    throw new Error("there is no connection yet");
  };
  await page.routeWebSocket("**/customer/socket", (socket) => {
    if (hear) socket.onMessage((frame) => hear(typeof frame === "string" ? frame : gunzipSync(frame).toString()));
    else socket.connectToServer();
    say = (json) => socket.send(json);
  });
  return (message) => say(JSON.stringify(message));
}

export const turnRightToLeft = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      document.documentElement.dir = "rtl";
    });
  });

/** Opens the closed shadow root of what Vitrine adds to a page, so that axe-core can look into it. For looking only. */
export const openShadows = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      const isOurs = this.hasAttribute("data-vitrine-ui") && this.id !== "demo-bar";
      return attach.call(this, isOurs ? { ...init, mode: "open" } : init);
    };
  });
