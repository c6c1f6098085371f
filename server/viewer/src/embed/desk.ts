// The viewer in a frame: the page around it says who the agent is and which session to open, and is told how that goes.
import { type Agent, ApiError, api, proveWith } from "../net/api.ts";
import { now_ms } from "../net/clock.ts";
import type { SessionState } from "../state/session.ts";
import { Store } from "../state/store.ts";
import { sentenceFor } from "../ui/code.tsx";
import { go, sessionHref } from "../ui/route.ts";
import { Door } from "./door.ts";
import type { FromPage, ToPage } from "./messages.ts";
import { pageAround } from "./origins.ts";
import { reportOf, troubleOf } from "./report.ts";
import { PageToken } from "./token.ts";

/** `foreign`: the page around may not have this one. `nameless`: it has not said who the agent is. `out`: that was refused. */
export type Place = { is: "starting" | "foreign" | "unreachable" | "nameless" | "out" } | { is: "in"; agent: Agent };
/** `notice`: why what the page asked for did not come about. */
type DeskState = { place: Place; notice: string };
type Wish = Extract<FromPage, { type: "join" | "open" }>;

export class Desk {
  readonly store = new Store<DeskState>({ place: { is: "starting" }, notice: "" });
  private readonly token = new PageToken(
    (reason) => this.say({ type: "token-wanted", reason }),
    () => this.say({ type: "error", error: "token-missing" }),
    now_ms,
  );
  private door: Door | null = null;
  private session: string | null = null;
  private said = "";
  /** The last thing that the page asked for, until it can be done. */
  private wish: Wish | null = null;
  private isEntering = false;

  /** Finds out which page is around, says that this one is there, and asks who the agent is. */
  async start(): Promise<void> {
    this.settle({ is: "starting" });
    try {
      if (!this.door && !(await this.open())) return this.settle({ is: "foreign" });
    } catch {
      return this.settle({ is: "unreachable" });
    }
    await this.enter();
  }

  /** The place in this page that the agent is at: a session or none. */
  readonly at = (session: string | null): void => {
    if (this.session !== null && this.session !== session) this.say({ type: "closed", session: this.session });
    this.session = session;
    this.said = "";
    if (session !== null) this.store.set({ notice: "" });
  };

  readonly changed = (state: SessionState): void => {
    if (this.session === null) return;
    const message = reportOf(this.session, state);
    const text = JSON.stringify(message);
    if (text === this.said) return;
    this.said = text;
    this.say(message);
  };

  /** The server does not take the agent any more. */
  readonly signedOut = (): void => {
    go("#/");
    this.token.forget();
    this.settle({ is: "out" });
    this.say({ type: "error", error: "token-refused" });
    this.say({ type: "token-wanted", reason: "refused" });
  };

  private async open(): Promise<boolean> {
    const { frameAncestors } = await api.frameAncestors();
    const { ancestorOrigins } = location as { ancestorOrigins?: ArrayLike<string> };
    const around = pageAround({ ancestorOrigins, referrer: document.referrer }, frameAncestors);
    if (around.is === "foreign") return false;
    this.door = new Door(window.parent, around, frameAncestors, (message) => this.hear(message));
    window.addEventListener("message", this.door.take);
    proveWith(this.token);
    this.say({ type: "ready" });
    return true;
  }

  private async enter(): Promise<void> {
    if (this.isEntering) return;
    this.isEntering = true;
    try {
      const agent = await api.me();
      if (agent) this.settle({ is: "in", agent });
    } catch (error) {
      this.settle({ is: this.placeAfter(error instanceof ApiError ? error.status : 0) });
    } finally {
      this.isEntering = false;
    }
    void this.fulfil();
  }

  private placeAfter(status: number): "out" | "nameless" | "unreachable" {
    if (this.token.isMissing) return "nameless";
    this.say({ type: "error", error: status === 401 ? "token-refused" : "unreachable" });
    return status === 401 ? "out" : "unreachable";
  }

  private hear(message: FromPage): void {
    if (message.type === "token") {
      this.token.put(message.token);
      if (this.store.value.place.is !== "in") void this.enter();
    } else if (message.type === "leave") {
      this.wish = null;
      go("#/");
    } else {
      this.wish = message;
      void this.fulfil();
    }
  }

  private async fulfil(): Promise<void> {
    const wish = this.wish;
    if (!wish || this.store.value.place.is !== "in") return;
    this.wish = null;
    if (wish.type === "open") return go(sessionHref(wish.session));
    try {
      go(sessionHref((await api.join(wish.joinCode)).session));
    } catch (problem) {
      const { status, retryAfterMs } = problem instanceof ApiError ? problem : new ApiError(0);
      if (status === 401) return this.signedOut();
      this.store.set({ notice: sentenceFor(status, retryAfterMs) });
      this.say({ type: "error", error: troubleOf(status) });
    }
  }

  private say(message: ToPage): void {
    this.door?.say(message);
  }

  private settle(place: Place): void {
    this.store.set({ place });
  }
}
