import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { SIZES_PER_EVENT } from "../src/limits.js";
import { Masker } from "../src/mask.js";
import { SizeWatch } from "../src/sizes.js";
import type { PageEvent } from "../src/wire.js";
import { doc, openPage } from "./support/page.js";
import { Recording } from "./support/recording.js";

/** Tells of every element once it is observed, and again when the test says so. */
class FakeObserver {
  static last: FakeObserver;
  readonly watched = new Set<Element>();

  constructor(private readonly tell: (entries: { target: Element }[]) => void) {
    FakeObserver.last = this;
  }

  observe(element: Element): void {
    this.watched.add(element);
  }

  unobserve(element: Element): void {
    this.watched.delete(element);
  }

  disconnect(): void {
    this.watched.clear();
  }

  fires(...elements: Element[]): void {
    this.tell((elements.length > 0 ? elements : [...this.watched]).map((target) => ({ target })));
  }
}

interface Scene {
  events: { id: number; width: number; height: number }[][];
  recording: Recording;
  watch: SizeWatch;
  snapshot(): void;
  laidOut(...elements: Element[]): void;
}

function scene(t: TestContext, html: string): Scene {
  openPage("https://shop.example/", html);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  Object.assign(globalThis, { ResizeObserver: FakeObserver });
  const recording = new Recording();
  const masker = new Masker(recording.nodeOf);
  masker.setRules({ mask: [".secret"], block: [".widget"] });
  const events: Scene["events"] = [];
  const mirror = { getId: (node: Node) => recording.idOf(node), getNode: recording.nodeOf };
  const watch = new SizeWatch(masker, mirror, ({ type, data }: PageEvent) => {
    const { tag, payload } = data as { tag: string; payload: Scene["events"][0] };
    assert.deepEqual([type, tag], [5, "vitrine.sizes"]);
    events.push(payload);
  });
  return {
    events,
    recording,
    watch,
    snapshot: () => watch.note({ type: 2, data: { node: recording.node(doc()) }, timestamp: 1 }),
    laidOut: (...elements) => {
      FakeObserver.last.fires(...elements);
      t.mock.timers.tick(1_000);
    },
  };
}

function sized(element: Element | null, width: number, height: number): Element {
  Object.defineProperties(element, {
    offsetWidth: { value: width, configurable: true },
    offsetHeight: { value: height, configurable: true },
  });
  return element as Element;
}

test("tells how large pictures and videos are, and of nothing else", (t) => {
  const { events, recording, snapshot, laidOut } = scene(t, "<p>a</p><img><video></video><input><input type=image>");
  const [picture, video] = [sized(doc().querySelector("img"), 20, 10), sized(doc().querySelector("video"), 4, 3)];
  const button = sized(doc().querySelector("[type=image]"), 9, 9);
  snapshot();
  assert.equal(FakeObserver.last.watched.size, 3);
  laidOut();
  const told = events.flat().map(({ id, width, height }) => [id, width, height]);
  const wanted = [picture, video, button].map((element) => recording.idOf(element));
  assert.deepEqual(told.map(([id]) => id).sort(), wanted.sort());
  assert.ok(told.some(([id, width, height]) => id === recording.idOf(picture) && width === 20 && height === 10));
});

test("tells nothing of what is private", (t) => {
  const { events, snapshot, laidOut } = scene(
    t,
    "<div class=secret><img></div><img class=widget><img data-vitrine-mask>",
  );
  for (const element of Array.from(doc().querySelectorAll("img"))) sized(element, 20, 10);
  snapshot();
  laidOut();
  assert.equal(events.length, 0);
});

test("tells what changed, what is new, and after a snapshot everything", (t) => {
  const { events, recording, watch, snapshot, laidOut } = scene(t, "<img>");
  const picture = sized(doc().querySelector("img"), 0, 0);
  snapshot();
  laidOut();
  assert.equal(events.length, 0, "not loaded yet");
  laidOut(sized(picture, 20, 10));
  laidOut(picture);
  assert.equal(events.length, 1, "the same size is told once");
  const added = sized(doc().body.appendChild(doc().createElement("img")), 5, 5);
  watch.note({ type: 3, data: { source: 0, adds: [{ node: recording.node(added) }] }, timestamp: 2 });
  laidOut();
  assert.deepEqual(
    events[1]?.map(({ id }) => id),
    [recording.idOf(added)],
  );
  snapshot();
  laidOut();
  assert.equal(events[2]?.length, 2);
  watch.stop();
  assert.equal(FakeObserver.last.watched.size, 0);
});

test("many sizes are told in several events", (t) => {
  const { events, snapshot, laidOut } = scene(t, "<img>".repeat(SIZES_PER_EVENT + 1));
  for (const element of Array.from(doc().querySelectorAll("img"))) sized(element, 1, 1);
  snapshot();
  laidOut();
  assert.deepEqual(
    events.map((event) => event.length),
    [SIZES_PER_EVENT, 1],
  );
});
