// The agent token that the page around this one got for the agent. It is here, in memory, and nowhere else.
import { LIMITS } from "../limits.ts";
import type { Proof } from "../net/api.ts";
import type { TokenReason } from "./messages.ts";

type Wait = { token: Promise<string>; settle: (token: string) => void };

export class PageToken implements Proof {
  private token = "";
  private until_ms = 0;
  /** A ticket was got with it. */
  private spent = false;
  private wait: Wait | null = null;

  constructor(
    private readonly ask: (reason: TokenReason) => void,
    private readonly missing: () => void,
    private readonly now_ms: () => number,
  ) {}

  put(token: string): void {
    this.token = token;
    const lasts_ms = lifetime_ms(token);
    this.until_ms = this.now_ms() + lasts_ms - Math.min(LIMITS.token_margin_ms, lasts_ms / 2);
    this.spent = false;
    this.wait?.settle(token);
    this.wait = null;
  }

  /** One that will be good for a moment yet; empty where the page gives none. */
  async current(): Promise<string> {
    if (this.isGood) return this.token;
    return this.renewed(this.token === "" ? "start" : "expiring");
  }

  async instead(refused: string): Promise<string> {
    if (this.token !== refused) return this.current();
    this.forget();
    return this.renewed("refused");
  }

  gotTicket(): void {
    this.spent = true;
  }

  /** A socket outlives its token, but the next one begins with a new one: the page may have changed its mind. */
  async reconnects(): Promise<void> {
    if (this.spent) await this.renewed("reconnect");
  }

  forget(): void {
    this.token = "";
    this.until_ms = 0;
  }

  get isMissing(): boolean {
    return this.token === "";
  }

  private get isGood(): boolean {
    return this.token !== "" && this.now_ms() < this.until_ms;
  }

  /** All who wait meanwhile wait for the same answer. */
  private renewed(reason: TokenReason): Promise<string> {
    if (!this.wait) {
      this.wait = waiting();
      const { wait } = this;
      window.setTimeout(() => this.giveUp(wait), LIMITS.token_wait_ms);
      this.ask(reason);
    }
    return this.wait.token;
  }

  private giveUp(wait: Wait): void {
    if (this.wait !== wait) return;
    this.wait = null;
    if (!this.isGood) this.missing();
    wait.settle(this.isGood ? this.token : "");
  }
}

function waiting(): Wait {
  let settle = (_token: string): void => {};
  const token = new Promise<string>((resolve) => {
    settle = resolve;
  });
  return { token, settle };
}

/** Counted from its arrival, so that it does not matter how this computer's clock is set. The server judges it anyway. */
export function lifetime_ms(token: string): number {
  try {
    const body = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { iat, exp } = JSON.parse(atob(body)) as { iat?: unknown; exp?: unknown };
    return typeof iat === "number" && typeof exp === "number" ? Math.max(0, exp - iat) * 1000 : 0;
  } catch {
    return 0;
  }
}
