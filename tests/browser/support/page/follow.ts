// A player that is led through the steps of a page.
import type { ReplayEvent } from "../wire.ts";
import { differences } from "./compare.ts";
import type { Player } from "./player.ts";

interface Written {
  events: ReplayEvent[];
  keyframe: ReplayEvent[];
}

/** Plays steps; where the last has a keyframe, tells what is different from it. */
export async function follows(player: Player, lines: readonly string[]): Promise<string[]> {
  let wanted: ReplayEvent[] = [];
  for (const line of lines) {
    const { events, keyframe } = JSON.parse(line) as Written;
    player.take(events);
    wanted = keyframe;
  }
  await player.settled();
  return wanted.length > 0 ? differences(player, wanted) : [];
}
