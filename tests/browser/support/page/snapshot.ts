// What a recorder that means harm would send of pieces of HTML: every node and attribute as the parser made it.
import { createMirror, snapshot } from "rrweb-snapshot";
import type { ReplayEvent } from "../wire.ts";

/** Documents made by a parser have no window, so nothing in them runs or loads. `end` is the last text of the page. */
export function snapshotOf(pieces: readonly string[], end: string): ReplayEvent[] {
  const page = document.implementation.createHTMLDocument("Attacks");
  for (const html of pieces) {
    const made = new DOMParser().parseFromString(html, "text/html");
    for (const part of [made.head, made.body]) {
      const box = page.createElement("div");
      box.append(...[...part.childNodes].map((node) => page.adoptNode(node)));
      for (const { name, value } of part.attributes) box.setAttribute(name, value);
      page.body.append(box);
    }
  }
  page.body.append(end);
  const node = snapshot(page, { mirror: createMirror(), inlineStylesheet: false, blockClass: "none" });
  const timestamp = 1_000;
  return [
    { type: 4, timestamp, data: { href: "https://shop.example/", width: 1280, height: 800 } },
    { type: 2, timestamp, data: { node, initialOffset: { left: 0, top: 0 } } },
  ];
}
