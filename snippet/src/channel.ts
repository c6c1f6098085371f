// The page's events on their way: batched, numbered from 1 for each document, kept until applied, and given up for a full
// snapshot when the server cannot keep up, or is another one that has none of what came before.
import { BATCH_MS, EVENTS_PER_FRAME, FRAME_BYTES, WINDOW_BYTES } from "./limits.js";
import type { Limits, PageEvent } from "./wire.js";

const FULL_SNAPSHOT = 2;
/** What a frame has around its events. */
const ENVELOPE_BYTES = 64;

interface Packed {
  json: string;
  bytes: number;
  full: boolean;
}

interface Frame {
  seq: number;
  json: string;
  /** What it counts against the window; nothing if it holds a full snapshot, which may be larger than any window. */
  bytes: number;
}

export interface ChannelEnds {
  send(json: string): void;
  /** Record the whole page again: what was dropped cannot be told otherwise. */
  snapshot(): void;
  /** One event alone is over the server's frame limit. */
  tooLarge(): void;
}

export class EventChannel {
  private seq = 0;
  private applied = 0;
  private waiting: Packed[] = [];
  private sent: Frame[] = [];
  private live = false;
  /** Events were dropped; none is taken until the snapshot. */
  private gap = false;
  /** As the gap, but by wish: while paused. */
  private held = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private limits: Limits = {
    window_bytes: WINDOW_BYTES,
    frame_bytes: FRAME_BYTES,
    events_per_frame: EVENTS_PER_FRAME,
  };

  constructor(private readonly ends: ChannelEnds) {}

  /** The last number known to be applied, for `hello.resume`. */
  get appliedSeq(): number {
    return this.applied;
  }

  push(event: PageEvent): void {
    if (this.gap || this.held) return;
    const json = JSON.stringify(event);
    this.waiting.push({ json, bytes: utf8Bytes(json), full: event.type === FULL_SNAPSHOT });
    this.timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** Sends what waits, or drops it if too much is on its way. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    if (this.onTheWay() + sum(this.waiting.filter((event) => !event.full)) > this.limits.window_bytes) {
      this.drop();
      return;
    }
    if (!this.live) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const batch of this.batches(waiting)) this.sendFrame(batch);
  }

  /**
   * The server is there. What it has not applied is sent again; false if it must get a full snapshot instead, because
   * what it wants next is gone, or because it asked with `fresh`.
   */
  resume(applied: number, limits: Partial<Limits>, fresh: boolean): boolean {
    this.limits = { ...this.limits, ...limits };
    this.live = true;
    const unbroken = applied <= this.seq && applied >= (this.sent[0]?.seq ?? this.seq + 1) - 1;
    if (fresh || !unbroken || this.gap) {
      this.forgetAll(applied);
      return false;
    }
    this.ack(applied);
    for (const frame of this.sent) this.ends.send(frame.json);
    this.flush();
    return true;
  }

  ack(applied: number): void {
    if (applied < this.applied || applied > this.seq) return;
    this.applied = applied;
    this.sent = this.sent.filter((frame) => frame.seq > applied);
    if (this.gap && this.live && !this.held && this.onTheWay() <= this.limits.window_bytes / 2) this.startOver();
  }

  /** The connection is gone; events are kept until the window is full. */
  offline(): void {
    this.live = false;
  }

  /** What waits is about to be told by a full snapshot, or not at all. */
  startOver(): void {
    this.waiting = [];
    this.gap = false;
    this.held = false;
    if (this.live) this.ends.snapshot();
  }

  /** Takes events again without a snapshot: the recorder is about to begin, with one of its own. */
  release(begin: () => void): void {
    this.held = false;
    this.gap = false;
    begin();
  }

  /** Drops what waits and takes no more until `startOver`. */
  hold(): void {
    this.waiting = [];
    this.held = true;
  }

  private drop(): void {
    this.waiting = [];
    this.gap = true;
    if (this.live && this.onTheWay() <= this.limits.window_bytes / 2) this.startOver();
  }

  private forgetAll(applied: number): void {
    this.waiting = [];
    this.sent = [];
    this.seq = applied;
    this.applied = applied;
    this.gap = false;
  }

  private onTheWay(): number {
    return sum(this.sent);
  }

  private *batches(events: Packed[]): Generator<Packed[]> {
    let batch: Packed[] = [];
    let bytes = 0;
    for (const event of events) {
      const full =
        bytes + event.bytes > this.limits.frame_bytes - ENVELOPE_BYTES || batch.length >= this.limits.events_per_frame;
      if (full && batch.length > 0) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(event);
      bytes += event.bytes + 1;
    }
    yield batch;
  }

  private sendFrame(batch: Packed[]): void {
    const json = `{"t":"events","seq":${this.seq + 1},"events":[${batch.map((event) => event.json).join(",")}]}`;
    if (sum(batch) + batch.length + ENVELOPE_BYTES > this.limits.frame_bytes) {
      this.refuse(batch);
      return;
    }
    this.seq += 1;
    const full = batch.some((event) => event.full);
    this.sent.push({ seq: this.seq, json, bytes: full ? 0 : sum(batch) });
    this.ends.send(json);
  }

  /** An event that no frame can hold: a page too large to share, or a change that a snapshot must tell. */
  private refuse(batch: Packed[]): void {
    this.waiting = [];
    this.gap = true;
    if (batch.some((event) => event.full)) this.ends.tooLarge();
    else setTimeout(() => this.startOver());
  }
}

const encoder = new TextEncoder();

function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

function sum(items: { bytes: number }[]): number {
  return items.reduce((total, { bytes }) => total + bytes, 0);
}
