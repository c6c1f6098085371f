// What the tests put into a page of the browser.
import { differences, stateOf } from "./compare.ts";
import { follows } from "./follow.ts";
import { Player } from "./player.ts";
import { snapshotOf } from "./snapshot.ts";

const tools = { Player, differences, follows, stateOf, snapshotOf };

declare global {
  interface Window {
    tools: typeof tools;
    players: Record<string, Player>;
  }
}

window.tools = tools;
