// The player can show what the pointer is over only by a class, so it parses every style sheet and adds that class beside
// each `:hover`: the slowest part of a picture. The server has done so already, in one pass with its cleaning.
import type { Replayer } from "@rrweb/replay";

/** A memory of adapted sheets in which each is its own adapted form, and which holds nothing. */
class Adapted extends Map<string, string> {
  override get(text: string): string {
    return text;
  }

  override set(): this {
    return this;
  }
}

/** Makes the player take every style sheet as it comes. A test holds this to the player's version. */
export function takeSheetsAsTheyCome(replayer: Replayer): void {
  const { cache } = replayer as unknown as { cache?: { stylesWithHoverClass: Map<string, string> } };
  if (cache) cache.stylesWithHoverClass = new Adapted();
}
