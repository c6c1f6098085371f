// Which page is around this one, and whether the configuration lists it ([http-security] frame-ancestors).

const LABEL = /^[a-z0-9_-]{1,63}$/;

/** `https://crm.example` is that origin alone; in `https://*.crm.example` the star is exactly one label. */
export function matches(pattern: string, origin: string): boolean {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return pattern === origin;
  if (!origin.startsWith(before) || !origin.endsWith(after)) return false;
  return LABEL.test(origin.slice(before.length, origin.length - after.length));
}

export const isListed = (patterns: readonly string[], origin: string): boolean =>
  patterns.some((pattern) => matches(pattern, origin));

/** Where a browser tells of the page around: `ancestorOrigins` for sure, the referrer if that page lets it. */
export type Traces = { ancestorOrigins?: ArrayLike<string> | undefined; referrer: string };

/** `unknown`: no trace of it. It is one of the listed, or the browser would not have shown this page. */
export type Around = { is: "listed"; origin: string } | { is: "foreign" } | { is: "unknown" };

export function pageAround({ ancestorOrigins, referrer }: Traces, patterns: readonly string[]): Around {
  const sure = ancestorOrigins?.[0];
  if (sure !== undefined) return isListed(patterns, sure) ? { is: "listed", origin: sure } : { is: "foreign" };
  const origin = originOf(referrer);
  // Whoever else sent the frame here is no trace of the page around it.
  return isListed(patterns, origin) ? { is: "listed", origin } : { is: "unknown" };
}

function originOf(address: string): string {
  try {
    return new URL(address).origin;
  } catch {
    return "";
  }
}
