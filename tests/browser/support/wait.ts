/** Waits until `look` gives something, and hands it over. For what has no event to wait for. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  within_ms = 15_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const end_ms = performance.now() + within_ms;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    if (performance.now() > end_ms) throw new Error(`not within ${within_ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
