// One session's connection, over as many sockets as it takes: a ticket, a socket, hello, and again after a loss.
import { LIMITS } from "../limits.ts";
import { ApiError, api, socketAddress } from "./api.ts";
import { Clock, now_ms } from "./clock.ts";
import {
  afterClose,
  afterStatus,
  doubled,
  type Outcome,
  patience,
  type Retry,
  retryDelay,
  type StopCause,
} from "./close.ts";
import { FrameReader } from "./frame.ts";
import { type AgentMessage, type Position, readMessage, type ServerMessage } from "./wire.ts";

export type LinkState =
  | { phase: "connecting" | "open" }
  | { phase: "retrying"; retry: Retry }
  | { phase: "stopped"; cause: StopCause };

export interface LinkHooks {
  message(message: ServerMessage): void;
  state(state: LinkState): void;
  /** A frame could not be read. The holder decides whether to start anew. */
  broken(): void;
  /** Where to go on from, or `null` to be sent the whole picture. */
  position(): Position | null;
}

export class Link {
  readonly clock = new Clock();
  private socket: WebSocket | null = null;
  private reader: FrameReader | null = null;
  private retryTimer = 0;
  private connectTimer = 0;
  private pingTimer = 0;
  private watchTimer = 0;
  /** Which try since the last good connection this is. */
  private tries = 1;
  /** How often in a row a question was not answered in time. */
  private silences = 0;
  private welcomed_ms = 0;
  private heard_ms = 0;
  private asked_ms = 0;
  private stopped = false;
  /** Grows with each attempt, so that an answer to an earlier one is known as late. */
  private turn = 0;

  constructor(
    private readonly session: string,
    private readonly hooks: LinkHooks,
  ) {
    window.addEventListener("online", this.retryNow);
  }

  async connect(): Promise<void> {
    this.drop();
    const turn = ++this.turn;
    try {
      const { ticket } = await api.ticket(this.session, turn > 1, patience(this.tries));
      if (turn === this.turn && !this.stopped) this.open(ticket);
    } catch (error) {
      if (turn !== this.turn || this.stopped) return;
      const { status, retryAfterMs } = error instanceof ApiError ? error : new ApiError(0);
      this.settle(afterStatus(status), retryAfterMs);
    }
  }

  send(message: AgentMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  stop(cause: StopCause): void {
    if (this.stopped) return;
    this.stopped = true;
    window.removeEventListener("online", this.retryNow);
    this.drop();
    this.hooks.state({ phase: "stopped", cause });
  }

  private open(ticket: string): void {
    const socket = new WebSocket(socketAddress(this.session), ["vitrine.v1", `ticket.${ticket}`]);
    const reader = new FrameReader(
      (value) => this.take(value),
      () => this.hooks.broken(),
    );
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => {
      this.heard_ms = now_ms();
      reader.push(data as string | ArrayBuffer);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.settle(afterClose(code), 0);
    };
    this.socket = socket;
    this.reader = reader;
    this.connectTimer = window.setTimeout(() => this.settle({ retry: "plain" }, 0), patience(this.tries));
  }

  private greet(): void {
    const resume = this.hooks.position();
    this.send({ t: "hello", ...(resume ? { resume } : {}), features: ["gzip"] });
    this.heard_ms = now_ms();
    this.asked_ms = 0;
    this.ping();
    this.pingTimer = window.setInterval(() => this.ping(), LIMITS.ping_every_ms);
    this.watchTimer = window.setInterval(() => this.watch(), LIMITS.watch_every_ms);
    this.hooks.state({ phase: "open" });
  }

  private ping(): void {
    const now = now_ms();
    if (this.asked_ms <= this.heard_ms) this.asked_ms = now;
    this.send({ t: "ping", sent: now });
  }

  /** Gives a socket up that let a question go unanswered: a dead network closes nothing by itself. */
  private watch(): void {
    const within_ms = doubled(LIMITS.answer_first_ms, this.silences, LIMITS.answer_max_ms);
    if (this.asked_ms <= this.heard_ms || now_ms() - this.asked_ms <= within_ms) return;
    // A large picture on a slow network looks the same. It must not be begun again for ever.
    this.silences += 1;
    this.settle({ retry: "plain" }, 0);
  }

  private take(value: unknown): void {
    const message = readMessage(value);
    if (!message) return;
    if (message.t === "welcome") this.welcomed();
    if (message.t === "pong") {
      this.silences = 0;
      this.clock.pong(message.sent, message.server, now_ms());
    }
    this.hooks.message(message);
  }

  private welcomed(): void {
    window.clearTimeout(this.connectTimer);
    this.welcomed_ms ||= now_ms();
  }

  private settle(outcome: Outcome, wait_ms: number): void {
    if (this.stopped) return;
    if ("stop" in outcome) {
      this.stop(outcome.stop);
      return;
    }
    const stable_ms = outcome.retry === "draining" ? LIMITS.stable_before_moving_ms : LIMITS.stable_ms;
    if (this.welcomed_ms && now_ms() - this.welcomed_ms >= stable_ms) this.tries = 0;
    this.drop();
    const floor_ms = Math.max(wait_ms, outcome.retry === "flood" ? LIMITS.retry_after_flood_ms : 0);
    const backoff_ms = retryDelay(this.tries++, Math.random);
    this.retryTimer = window.setTimeout(() => void this.connect(), Math.max(floor_ms, backoff_ms));
    this.hooks.state({ phase: "retrying", retry: outcome.retry });
  }

  private readonly retryNow = (): void => {
    if (this.retryTimer !== 0) void this.connect();
  };

  private drop(): void {
    window.clearTimeout(this.retryTimer);
    window.clearTimeout(this.connectTimer);
    window.clearInterval(this.pingTimer);
    window.clearInterval(this.watchTimer);
    this.retryTimer = 0;
    this.welcomed_ms = 0;
    this.reader?.close();
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }
}
