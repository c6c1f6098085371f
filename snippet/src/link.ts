// Keeps a socket to the server: opens it, notices when it has died, opens it again, and knows when to stop trying. The
// address is always the same; which of several servers answers there does not matter.
import { patience_ms, wait_ms } from "./backoff.js";
import { Outbox } from "./frames.js";
import * as limits from "./limits.js";
import {
  CLOSE_DRAINING,
  CLOSE_FINAL,
  CLOSE_REFUSED,
  CLOSE_TAKEN_OVER,
  CLOSE_TOO_FAST,
  type ClientMessage,
  type Hello,
  type ServerMessage,
} from "./wire.js";

export interface LinkEnds {
  hello(): Hello;
  received(message: ServerMessage): void;
  /** The connection is lost, and is being made again. */
  lost(): void;
  /** No more tries. `elsewhere`: another tab has taken over. */
  over(reason: string): void;
}

export class Link {
  private socket: WebSocket | undefined;
  private outbox: Outbox | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heardAt = 0;
  private upSince = 0;
  private downSince = 0;
  /** Which try since the last good connection this is. */
  private tries = 1;
  private refusals = 0;
  private stopped = true;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly ends: LinkEnds,
  ) {}

  open(): void {
    this.stopped = false;
    this.downSince ||= Date.now();
    addEventListener("online", this.tryNow);
    this.connect();
  }

  /** For good, or until `open`. */
  close(): void {
    this.stopped = true;
    removeEventListener("online", this.tryNow);
    clearTimeout(this.retry);
    this.release()?.close(1000);
  }

  send(message: ClientMessage): void {
    this.sendJson(JSON.stringify(message));
  }

  sendJson(json: string): void {
    if (this.upSince) this.outbox?.send(json);
  }

  flushNow(): void {
    this.outbox?.flushNow();
  }

  private readonly tryNow = (): void => {
    if (this.retry === undefined || this.stopped) return;
    this.connect();
  };

  private connect(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.release()?.close();
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.url, ["vitrine.v1", `bearer.${this.token}`]);
    } catch {
      // The site's policy forbids the connection, or the address is none.
      this.finish("not-allowed");
      return;
    }
    this.socket = socket;
    this.outbox = new Outbox(socket);
    this.heardAt = Date.now();
    this.watch = setInterval(() => this.checkAlive(), limits.WATCH_EVERY_MS);
    socket.onopen = () => {
      this.heardAt = Date.now();
      this.outbox?.send(JSON.stringify(this.ends.hello()));
    };
    socket.onmessage = ({ data }) => this.hear(data);
    socket.onclose = ({ code }) => this.closed(code);
  }

  private hear(data: unknown): void {
    this.heardAt = Date.now();
    try {
      const message: ServerMessage = JSON.parse(String(data));
      if (message.t === "welcome" && !this.upSince) {
        this.upSince = Date.now();
        this.downSince = 0;
      }
      if (this.upSince || message.t === "ended") this.ends.received(message);
    } catch {
      // A message that this version cannot read; the page must not notice.
    }
  }

  private checkAlive(): void {
    const patience = this.upSince ? limits.SILENCE_MS : patience_ms(this.tries);
    if (!this.socket || Date.now() - this.heardAt <= patience) return;
    this.release(limits.STABLE_MS)?.close();
    this.reconnect(0);
  }

  private closed(code: number): void {
    this.release(code === CLOSE_DRAINING ? limits.STABLE_BEFORE_MOVING_MS : limits.STABLE_MS);
    const final = CLOSE_FINAL[code];
    if (final) this.finish(final);
    else if (code === CLOSE_TAKEN_OVER) this.finish("elsewhere");
    else if (CLOSE_REFUSED.includes(code) && ++this.refusals >= limits.REFUSALS_MAX) this.finish("refused");
    else this.reconnect(code === CLOSE_TOO_FAST ? limits.BACKOFF_TOO_FAST_MS : 0);
  }

  /** Lets go of the socket, so that nothing it still says is heard. If it held so long, it was a good one. */
  private release(stable_ms = Number.POSITIVE_INFINITY): WebSocket | undefined {
    const socket = this.socket;
    clearInterval(this.watch);
    if (this.upSince && Date.now() - this.upSince >= stable_ms) {
      this.tries = 0;
      this.refusals = 0;
    }
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    this.socket = undefined;
    this.outbox = undefined;
    this.upSince = 0;
    return socket;
  }

  private reconnect(atLeast_ms: number): void {
    if (this.stopped) return;
    this.downSince ||= Date.now();
    if (Date.now() - this.downSince > limits.GIVE_UP_MS) {
      this.finish("lost");
      return;
    }
    this.ends.lost();
    const wait = Math.max(atLeast_ms, wait_ms(this.tries, Math.random));
    this.tries += 1;
    this.retry = setTimeout(() => this.connect(), wait);
  }

  private finish(reason: string): void {
    this.close();
    this.downSince = 0;
    this.ends.over(reason);
  }
}
