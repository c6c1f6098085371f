// What a closed socket means: stop for a reason that is told, or try again in a certain way.
import { LIMITS } from "../limits.ts";

export type StopCause = "signed-out" | "denied" | "ended" | "idle" | "taken" | "full" | "left";
/** `plain` resumes; `draining` too, with its own words; `flood` waits long first; `fresh` asks for a whole picture. */
export type Retry = "plain" | "draining" | "flood" | "fresh";
export type Outcome = { stop: StopCause } | { retry: Retry };

const BY_CODE: Readonly<Record<number, Outcome>> = {
  1003: { retry: "fresh" },
  1009: { retry: "fresh" },
  4400: { retry: "fresh" },
  4401: { stop: "signed-out" },
  4403: { stop: "denied" },
  4404: { stop: "ended" },
  4408: { stop: "idle" },
  4409: { stop: "taken" },
  4410: { stop: "ended" },
  4413: { retry: "fresh" },
  4429: { retry: "flood" },
  4503: { retry: "draining" },
};

const BY_STATUS: Readonly<Record<number, Outcome>> = {
  401: { stop: "signed-out" },
  403: { stop: "denied" },
  404: { stop: "ended" },
  409: { stop: "full" },
  410: { stop: "ended" },
  429: { retry: "flood" },
  503: { retry: "draining" },
};

/** For a socket's close code. */
export function afterClose(code: number): Outcome {
  return BY_CODE[code] ?? { retry: "plain" };
}

/** For the answer to asking for a ticket; 0 means that there was none. */
export function afterStatus(status: number): Outcome {
  return BY_STATUS[status] ?? { retry: "plain" };
}

/**
 * `tries`: how many failed since the last good connection; none means that one was lost just now. Jitter is over the whole
 * wait, so that the agents of a server that died come back evenly spread.
 */
export function retryDelay(tries: number, random: () => number): number {
  const longest = tries === 0 ? LIMITS.retry_soon_ms : doubled(LIMITS.retry_first_ms, tries - 1, LIMITS.retry_max_ms);
  return Math.round(longest * random());
}

/** How long a try may take: a slow network gets more time with each; a server that is frozen, little at first. */
export function patience(tries: number): number {
  return doubled(LIMITS.connect_first_ms, Math.max(0, tries - 1), LIMITS.connect_max_ms);
}

export function doubled(first: number, times: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(times, 16));
}
