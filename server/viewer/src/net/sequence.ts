// Where in the session's event numbers this page is. Each event is applied once, in order, or the picture is asked for anew.
import type { Position } from "./wire.ts";

/** How many of the frame's first events are known already, or that something is missing in between. */
export type Verdict = { skip: number } | "gap";

export class Sequence {
  private at: Position | null = null;

  /** What to resume after; nothing before the first keyframe. */
  get position(): Position | null {
    return this.at;
  }

  keyframe({ epoch, seq }: Position): void {
    this.at = { epoch, seq };
  }

  events({ epoch, seq }: Position, count: number): Verdict {
    if (!this.at || epoch !== this.at.epoch || seq > this.at.seq + 1) return "gap";
    const skip = Math.min(count, this.at.seq + 1 - seq);
    this.at = { epoch, seq: Math.max(this.at.seq, seq + count - 1) };
    return { skip };
  }

  forget(): void {
    this.at = null;
  }
}
