// One open session: the connection, the stage and the watchdog, and the state that the views show.
import { LIMITS } from "../limits.ts";
import { now_ms } from "../net/clock.ts";
import type { StopCause } from "../net/close.ts";
import { Link, type LinkState } from "../net/link.ts";
import { Sequence } from "../net/sequence.ts";
import type {
  Customer,
  CustomerState,
  Mode,
  Participant,
  Position,
  ReplayEvent,
  Report,
  ServerMessage,
} from "../net/wire.ts";
import type { PageInfo, Size } from "../replay/picture.ts";
import { Stage } from "../replay/stage.ts";
import { RebuildBudget, watch } from "../replay/watchdog.ts";
import { type History, NO_HISTORY, written } from "./history.ts";
import { Store } from "./store.ts";

/** `unsafe`: the frame could not be sealed. `unshowable`: the picture broke too often. */
export type Failure = "unsafe" | "unshowable";

export interface SessionState {
  link: LinkState;
  customerState: CustomerState;
  /** A first picture is on the stage. */
  shown: boolean;
  /** A newer picture is on its way, and what is on the stage may be old. */
  catchingUp: boolean;
  failure: Failure | null;
  endReason: string;
  customer: Customer;
  privileges: readonly string[];
  mode: Mode;
  participants: readonly Participant[];
  report: Report | null;
  page: PageInfo;
  size: Size;
  rtt_ms: number | null;
  lag_ms: number | null;
  offset_ms: number | null;
  history: History;
}

export const INITIAL: SessionState = {
  link: { phase: "connecting" },
  customerState: "waiting",
  shown: false,
  catchingUp: false,
  failure: null,
  endReason: "",
  customer: { verified: false, attributes: {} },
  privileges: [],
  mode: "view",
  participants: [],
  report: null,
  page: { url: "", title: "" },
  size: { width: 0, height: 0 },
  rtt_ms: null,
  lag_ms: null,
  offset_ms: null,
  history: NO_HISTORY,
};

export class Session {
  readonly store = new Store<SessionState>(INITIAL);
  private readonly link: Link;
  private readonly sequence = new Sequence();
  private readonly budget = new RebuildBudget(LIMITS.rebuilds_per_minute, () => performance.now());
  private stage: Stage | null = null;
  private unwatch = () => {};
  private awayTimer = 0;
  private blipTimer = 0;
  private catchUpTimer = 0;
  /** She ended the session for all, and the connection was not there to say so. */
  private ending = false;
  /** What has become of the connection, if that is not told yet. */
  private untold: LinkState | null = null;
  /** The stage is behind the connection, and only a keyframe helps. */
  private asleep = false;
  /** The state that the history knows of. */
  private told = INITIAL;

  constructor(readonly id: string) {
    this.store.follow(() => this.writeDown());
    this.link = new Link(id, {
      message: (message) => this.take(message),
      state: (state) => this.follow(state),
      broken: () => this.rebuild(),
      position: (): Position | null => this.sequence.position,
    });
  }

  /** Begins, once there is a place to show the page in. */
  start(root: HTMLElement): void {
    this.stage = new Stage(root, {
      shown: () => this.showed(),
      size: (size) => this.store.set({ size }),
      page: (page) => this.setPage(page),
      trouble: () => this.trouble(),
      unsafe: () => this.fail("unsafe"),
    });
    this.unwatch = watch(
      () => this.stage?.isStuck() ?? false,
      () => this.trouble(),
    );
    document.addEventListener("visibilitychange", this.onVisible);
    void this.link.connect();
  }

  /** Leaves the session to the others in it. */
  leave(): void {
    this.close("left");
  }

  /** Ends the session for everyone in it. */
  end(): void {
    this.ending = !this.link.send({ t: "end" });
  }

  private writeDown(): void {
    const { value } = this.store;
    const before = this.told;
    this.told = value;
    this.store.set({ history: written(value.history, before, value, Date.now()) });
  }

  private take(message: ServerMessage): void {
    switch (message.t) {
      case "welcome":
        this.store.set({ customer: message.customer, privileges: message.privileges, mode: message.mode });
        this.setCustomerState(message.state);
        if (this.ending) this.end();
        break;
      case "customer":
        this.store.set({ customer: message.customer });
        break;
      case "keyframe":
        this.takeKeyframe(message, message.events);
        break;
      case "events":
        this.takeEvents(message, message.events);
        break;
      case "participants":
        this.store.set({ participants: message.participants });
        this.setCustomerState(message.state);
        break;
      case "mode":
        this.store.set({ mode: message.mode });
        this.setCustomerState(message.state);
        break;
      case "report":
        this.store.set({ report: message });
        break;
      case "pong":
        this.store.set({ rtt_ms: this.link.clock.rtt_ms, offset_ms: this.link.clock.offset_ms });
        break;
      case "ended":
        this.store.set({ endReason: message.reason });
        this.close("ended");
        break;
    }
  }

  private takeKeyframe(position: Position, events: ReplayEvent[]): void {
    this.sequence.keyframe(position);
    this.asleep = false;
    if (this.store.value.shown) this.catchUp();
    this.stage?.show(events);
  }

  /** The picture that is shown stays until the next one is whole. Only a wait that can be felt is told. */
  private catchUp(): void {
    this.catchUpTimer ||= window.setTimeout(() => this.store.set({ catchingUp: true }), LIMITS.catch_up_after_ms);
  }

  private showed(): void {
    this.caughtUp();
    this.store.set({ shown: true, catchingUp: false, customerState: this.customerStateWhenShown() });
  }

  private caughtUp(): void {
    window.clearTimeout(this.catchUpTimer);
    this.catchUpTimer = 0;
  }

  private takeEvents(position: Position, events: ReplayEvent[]): void {
    if (this.asleep) return;
    const verdict = this.sequence.events(position, events.length);
    if (verdict === "gap") {
      this.rebuild();
      return;
    }
    const fresh = events.slice(verdict.skip);
    const newest = fresh.at(-1);
    if (!newest) return;
    this.store.set({ lag_ms: this.link.clock.age_ms(newest.timestamp, now_ms()) });
    this.stage?.feed(fresh);
    this.stage?.refreshTitle();
    this.doze();
  }

  /** A tab in the background paints nothing. What piles up is dropped, and fetched whole when the agent comes back. */
  private doze(): void {
    if (!document.hidden || !this.stage?.overfull) return;
    this.asleep = true;
    this.sequence.forget();
  }

  private readonly onVisible = (): void => {
    if (!document.hidden && this.asleep) this.resync();
  };

  /** A connection that is back in a moment was not lost, as far as anybody need know. */
  private follow(link: LinkState): void {
    if (link.phase === "retrying" && this.store.value.link.phase === "open") {
      this.untold = link;
      this.blipTimer ||= window.setTimeout(() => this.untold && this.store.set({ link: this.untold }), LIMITS.blip_ms);
      return;
    }
    this.forgetBlip();
    this.store.set({ link });
    if (link.phase === "stopped") this.rest();
  }

  private forgetBlip(): void {
    window.clearTimeout(this.blipTimer);
    this.blipTimer = 0;
    this.untold = null;
  }

  /** The picture broke. While a new one is on its way already, nothing more is to be done about the old. */
  private trouble(): void {
    if (!this.asleep) this.rebuild();
  }

  private rebuild(): void {
    if (this.store.value.link.phase === "stopped") return;
    if (this.budget.take()) this.resync();
    else this.fail("unshowable");
  }

  /** Connects anew without saying where we were, so that the server sends the whole picture. */
  private resync(): void {
    this.sequence.forget();
    this.asleep = true;
    this.catchUp();
    void this.link.connect();
  }

  private fail(failure: Failure): void {
    this.store.set({ failure });
    this.close("left");
  }

  private close(cause: StopCause): void {
    this.link.stop(cause);
    this.rest();
  }

  /** Nothing more will come: let go of everything but the last state. */
  private rest(): void {
    this.unwatch();
    window.clearTimeout(this.awayTimer);
    this.forgetBlip();
    this.caughtUp();
    document.removeEventListener("visibilitychange", this.onVisible);
    this.stage?.clear();
    this.store.set({ shown: false, catchingUp: false });
  }

  private setPage(page: PageInfo): void {
    const { url, title } = this.store.value.page;
    if (url !== page.url || title !== page.title) this.store.set({ page });
  }

  private setCustomerState(state: CustomerState | undefined): void {
    if (!state) return;
    window.clearTimeout(this.awayTimer);
    const mayPass = state === "away" || state === "stalled";
    const wait_ms = mayPass && this.store.value.shown ? LIMITS.away_after_ms : 0;
    if (wait_ms === 0) this.store.set({ customerState: state });
    else this.awayTimer = window.setTimeout(() => this.store.set({ customerState: state }), wait_ms);
  }

  /** A picture proves that the customer shares, also where nobody said so. */
  private customerStateWhenShown(): CustomerState {
    const { customerState } = this.store.value;
    return customerState === "waiting" ? "live" : customerState;
  }

  set cursorName(name: string) {
    if (this.stage) this.stage.cursorName = name;
  }
}
