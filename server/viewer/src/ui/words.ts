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
