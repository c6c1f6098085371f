// Times and counts as people say them.

export function waitWords(ms: number): string {
  if (ms <= 0) return "a moment";
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/** How long ago something began. `startedAt` is a time stamp, as text or in milliseconds. */
export function sinceWords(startedAt: string | number, now_ms: number): string {
  const minutes = Math.floor((now_ms - new Date(startedAt).getTime()) / 60_000);
  if (!Number.isFinite(minutes)) return "";
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

export const milliseconds = (value: number | null): string => (value === null ? "not known yet" : `${value} ms`);

/** The host of an address, or the address itself where it is none. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}

/** How long something took. */
export function lastedWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const MINUTE = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** The time of day, by the agent's own clock and habits. */
export const timeWords = (at_ms: number): string => CLOCK.format(at_ms);

/** From when until when; the second day only if it is another. */
export function spanWords(since_ms: number, until_ms: number): string {
  const [first, last] = [DAY.format(since_ms), DAY.format(until_ms)];
  return `${first}, ${MINUTE.format(since_ms)} – ${first === last ? "" : `${last}, `}${MINUTE.format(until_ms)}`;
}
