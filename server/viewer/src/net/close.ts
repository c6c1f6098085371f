// What a closed socket means: stop for a reason that is told, or try again in a certain way.

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

/** Exponential, with jitter over the upper half, so that a thousand agents do not come back in one instant. */
export function retryDelay(attempt: number, first_ms: number, max_ms: number, random: () => number): number {
  const full = Math.min(max_ms, first_ms * 2 ** Math.min(attempt, 16));
  return Math.round(full * (0.5 + random() / 2));
}
