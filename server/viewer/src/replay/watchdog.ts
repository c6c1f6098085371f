// Notices when the picture can no longer be trusted: an error that nobody caught, or a player that stands still.
import { LIMITS } from "../limits.ts";

/** How often a picture may be started over. After that the agent is told, rather than left with a page that flickers. */
export class RebuildBudget {
  private readonly spent: number[] = [];

  constructor(
    private readonly perMinute: number,
    private readonly now: () => number,
  ) {}

  take(): boolean {
    const now = this.now();
    while (this.spent[0] !== undefined && now - this.spent[0] >= 60_000) this.spent.shift();
    if (this.spent.length >= this.perMinute) return false;
    this.spent.push(now);
    return true;
  }
}

/** Reports trouble until it is stopped. The returned function stops it. */
export function watch(isStuck: () => boolean, trouble: () => void): () => void {
  // Browsers also report layout notices this way, without an error in them; those harm nothing.
  const onError = (event: ErrorEvent) => event.error && trouble();
  const timer = window.setInterval(() => {
    if (!document.hidden && isStuck()) trouble();
  }, LIMITS.stall_check_ms);
  window.addEventListener("error", onError);
  window.addEventListener("unhandledrejection", trouble);
  return () => {
    window.clearInterval(timer);
    window.removeEventListener("error", onError);
    window.removeEventListener("unhandledrejection", trouble);
  };
}
