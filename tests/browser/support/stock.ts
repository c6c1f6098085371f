// A stock player in a page of its own. Nothing there answers but the page itself: no policy of ours stands around it, so
// every address that the events contain would be asked for, and is written down.
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import type { PageFrame, ReplayEvent } from "./wire.ts";

const HOME = "http://player.test/";

export class StockPlayer {
  /** Addresses beyond `/asset/` that the player's page asked for. */
  readonly foreign: string[] = [];
  /** Exceptions, and scripts of the page that ran. */
  readonly exceptions: string[] = [];

  private constructor(private readonly page: Page) {}

  static async open(browser: Browser): Promise<StockPlayer> {
    const page = await (await browser.newContext({ viewport: { width: 1300, height: 900 } })).newPage();
    const player = new StockPlayer(page);
    page.on("pageerror", (error) => player.exceptions.push(String(error.stack ?? error)));
    page.on("dialog", (dialog) => {
      player.exceptions.push(`a script ran: ${dialog.type()}`);
      void dialog.dismiss();
    });
    await page.route("**", (route) => {
      const url = route.request().url();
      if (url === HOME)
        return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Player</title>" });
      if (!url.startsWith(`${HOME}asset/`)) player.foreign.push(url);
      return route.fulfill({ status: 404 });
    });
    await page.goto(HOME);
    await page.addScriptTag({ content: readFileSync(__PAGE_SCRIPT__, "utf8") });
    await page.evaluate(() => {
      window.players = {};
    });
    return player;
  }

  /** Plays frames in the player of that name, and waits until all of it is there. */
  async plays(name: string, frames: PageFrame[]): Promise<void> {
    const events = frames.flatMap((frame) => frame.events);
    await this.page.evaluate(
      ([as, list]) => {
        window.players[as] ??= new window.tools.Player();
        window.players[as].take(list);
      },
      [name, events] as const,
    );
    await this.page.waitForFunction((as) => window.players[as]?.caughtUp, name, { timeout: 120_000 });
  }

  /** Plays steps as they were written, and compares where the last says what the page is to be. */
  follows(name: string, lines: string[]): Promise<string[]> {
    return this.page.evaluate(
      async ([as, steps]) => {
        window.players[as] ??= new window.tools.Player();
        return window.tools.follows(window.players[as], steps);
      },
      [name, lines] as const,
    );
  }

  /** Plays the page that a late agent gets after such a step. */
  joins(name: string, line: string): Promise<void> {
    return this.page.evaluate(
      async ([as, step]) => {
        window.players[as] ??= new window.tools.Player();
        window.players[as].take(JSON.parse(step).keyframe);
        await window.players[as].settled();
      },
      [name, line] as const,
    );
  }

  /** What a page in a player lacks or has too much, beside a keyframe. */
  differences(name: string, keyframe: ReplayEvent[]): Promise<string[]> {
    return this.page.evaluate(
      ([as, events]) => {
        const player = window.players[as];
        return player ? window.tools.differences(player, events) : ["there is no such player"];
      },
      [name, keyframe] as const,
    );
  }

  /** Fields and sheets, which no tree tells of. */
  state(name: string): Promise<Record<string, unknown>> {
    return this.page.evaluate((as) => {
      const player = window.players[as];
      return player ? window.tools.stateOf(player) : {};
    }, name);
  }

  /** Pieces of HTML as a recorder would send them. */
  snapshotOf(pieces: string[], end: string): Promise<ReplayEvent[]> {
    return this.page.evaluate(([html, last]) => window.tools.snapshotOf(html, last), [pieces, end] as const);
  }

  problems(name: string): Promise<string[]> {
    return this.page.evaluate((as) => [...new Set(window.players[as]?.problems)], name);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
