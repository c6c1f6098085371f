// Round trip, and how far the server's clock is from ours, from pings. Our own clock never jumps: it is not the wall clock.

const SAMPLES = 8;

export const now_ms = (): number => Math.round(performance.timeOrigin + performance.now());

export class Clock {
  private samples: { rtt_ms: number; offset_ms: number }[] = [];

  pong(sent: number, server: number, received: number): void {
    const rtt_ms = Math.max(0, received - sent);
    this.samples.push({ rtt_ms, offset_ms: server - (sent + rtt_ms / 2) });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /** The quickest of the last three: what a busy moment of this page adds is not the network's. */
  get rtt_ms(): number | null {
    const last = this.samples.slice(-3).map(({ rtt_ms }) => rtt_ms);
    return last.length === 0 ? null : Math.min(...last);
  }

  /** Server time minus ours, from the quickest of the last round trips: the one least distorted by waiting. */
  get offset_ms(): number | null {
    if (this.samples.length === 0) return null;
    return this.samples.reduce((best, sample) => (sample.rtt_ms < best.rtt_ms ? sample : best)).offset_ms;
  }

  /** How long ago the server stamped this, or `null` before the first answer. */
  age_ms(stamp: number, now: number): number | null {
    const offset = this.offset_ms;
    return offset === null ? null : Math.max(0, Math.round(now + offset - stamp));
  }
}
