// What the tests put into a page of the browser.
import { differences, stateOf } from "./compare.ts";
import { Player } from "./player.ts";
import { snapshotOf } from "./snapshot.ts";

const tools = { Player, differences, stateOf, snapshotOf };

declare global {
  interface Window {
    tools: typeof tools;
    players: Record<string, Player>;
  }
}

window.tools = tools;
