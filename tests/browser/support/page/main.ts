// What the tests put into a page of the browser.
import { differences, stateOf } from "./compare.ts";
import { Player } from "./player.ts";

const tools = { Player, differences, stateOf };
export type Tools = typeof tools;

declare global {
  interface Window {
    tools: Tools;
  }
}

window.tools = tools;
