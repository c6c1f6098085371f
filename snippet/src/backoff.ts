// How long a lost connection waits for the next try. Jitter is over the whole wait, so that the pages of a server that
// died come back evenly spread.
import { BACKOFF_FIRST_MS, BACKOFF_MAX_MS, CONNECT_FIRST_MS, CONNECT_MAX_MS, SOON_MS } from "./limits.js";

/** `tries`: how many failed since the last good connection; none means that one was lost just now. */
export function wait_ms(tries: number, random: () => number): number {
  const longest = tries === 0 ? SOON_MS : Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (tries - 1));
  return longest * random();
}

/** How long a try may take. A slow network gets more time with each; a server that is frozen, little at first. */
export function patience_ms(tries: number): number {
  return Math.min(CONNECT_MAX_MS, CONNECT_FIRST_MS * 2 ** Math.max(0, tries - 1));
}
