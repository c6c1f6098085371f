// A stock player with the stock options that a live view needs, and nothing of ours in it.
import { Replayer } from "@rrweb/replay";
import type { ReplayEvent } from "../wire.ts";

/** A player that takes longer has stopped. */
const SETTLED_WITHIN_MS = 60_000;

export class Player {
  /** What the player complains about: each is an event that did not do what it should. */
  readonly problems: string[] = [];
  private readonly root = document.createElement("div");
  private replayer: Replayer | null = null;
  private fed = 0;
  private cast = 0;

  constructor() {
    document.body.append(this.root);
  }

  /** Resolves when all that was taken is on the page. */
  async settled(): Promise<void> {
    const end_ms = performance.now() + SETTLED_WITHIN_MS;
    while (!this.caughtUp) {
      if (performance.now() > end_ms) throw new Error(`${this.fed - this.cast} events are not played`);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }

  take(events: readonly ReplayEvent[]): void {
    if (events.length === 0) return;
    this.replayer ??= this.begin(events[0]?.timestamp ?? 0);
    for (const event of events) {
      this.fed += 1;
      this.replayer.addEvent(structuredClone(event) as never);
    }
  }

  get caughtUp(): boolean {
    return this.cast === this.fed;
  }

  get document(): Document {
    const page = this.replayer?.iframe.contentDocument;
    if (!page) throw new Error("there is no page in the player");
    return page;
  }

  /** The recorder's number of a node, or -1 for one that the player made by itself. */
  idOf(node: Node): number {
    return this.replayer?.getMirror().getId(node as never) ?? -1;
  }

  destroy(): void {
    this.replayer?.destroy();
    this.root.remove();
  }

  private begin(baseline_ms: number): Replayer {
    const complain = (...words: unknown[]) => this.problems.push(words.map(String).join(" "));
    const replayer = new Replayer([], {
      root: this.root,
      liveMode: true,
      useVirtualDom: false,
      triggerFocus: false,
      mouseTail: false,
      showWarning: true,
      logger: { log: () => {}, warn: complain },
    });
    replayer.on("event-cast", () => {
      this.cast += 1;
    });
    replayer.startLive(baseline_ms);
    return replayer;
  }
}
