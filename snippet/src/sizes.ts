// How large pictures and videos are on this screen: where an agent may not see one, a box of its size keeps the page in
// shape. No recorder tells this. The page is only looked at, after it was laid out anyway.
import { SIZED_MAX, SIZES_EVERY_MS, SIZES_PER_EVENT } from "./limits.js";
import type { Masker, SerializedNode } from "./mask.js";
import type { PageEvent } from "./wire.js";

interface Mirror {
  getId(node: Node): number;
  getNode(id: number): Node | null;
}

/** As the server knows it. */
interface Size {
  id: number;
  width: number;
  height: number;
}

const CUSTOM = 5;
const EVENT = { full: 2, incremental: 3 };
const SIZED = "img,video,input[type=image]";
const SIZED_TAGS = /^(img|video|input)$/;

export class SizeWatch {
  private readonly observer = new ResizeObserver((entries) => this.changed(entries.map(({ target }) => target)));
  private readonly waiting = new Map<Element, Omit<Size, "id">>();
  private told = new WeakMap<Element, string>();
  private watched = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly masker: Masker,
    private readonly mirror: Mirror,
    private readonly emit: (event: PageEvent) => void,
  ) {}

  /** Looks at an event that leaves: what it brings is watched from now on. A full snapshot brings everything anew. */
  note({ type, data }: PageEvent): void {
    if (type === EVENT.full) {
      this.forget();
      this.watch([(data as { node: SerializedNode }).node]);
    } else if (type === EVENT.incremental) {
      const { adds } = data as { adds?: { node: SerializedNode }[] };
      if (adds) this.watch(adds.map(({ node }) => node));
    }
  }

  stop(): void {
    this.forget();
  }

  private forget(): void {
    this.observer.disconnect();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
    this.told = new WeakMap();
    this.watched = 0;
  }

  /** Whoever is watched again is told of again: to the server a node that moved is a new one. */
  private watch(work: SerializedNode[]): void {
    for (let node = work.pop(); node; node = work.pop()) {
      for (const child of node.childNodes ?? []) work.push(child);
      if (!SIZED_TAGS.test(node.tagName ?? "")) continue;
      const element = this.mirror.getNode(node.id) as Element | null;
      if (!element?.matches(SIZED) || ++this.watched > SIZED_MAX) continue;
      this.told.delete(element);
      this.observer.unobserve(element);
      this.observer.observe(element);
    }
  }

  /** The page was just laid out, so that asking for sizes costs nothing. */
  private changed(elements: Element[]): void {
    for (const element of elements) {
      const { offsetWidth: width, offsetHeight: height } = element as HTMLElement;
      this.waiting.set(element, { width, height });
    }
    this.timer ??= setTimeout(() => this.tell(), SIZES_EVERY_MS);
  }

  private tell(): void {
    this.timer = undefined;
    const sizes: Size[] = [];
    const all = [...this.waiting.keys()];
    for (const element of this.masker.uncovered(all)) {
      const { width, height } = this.waiting.get(element) as Omit<Size, "id">;
      const id = this.mirror.getId(element);
      const size = `${width} ${height}`;
      if (id <= 0 || !element.isConnected || size === (this.told.get(element) ?? "0 0")) continue;
      this.told.set(element, size);
      sizes.push({ id, width, height });
    }
    this.waiting.clear();
    for (let at = 0; at < sizes.length; at += SIZES_PER_EVENT) {
      const payload = sizes.slice(at, at + SIZES_PER_EVENT);
      this.emit({ type: CUSTOM, data: { tag: "vitrine.sizes", payload }, timestamp: Date.now() });
    }
  }
}
