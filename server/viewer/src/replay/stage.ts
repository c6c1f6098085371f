// The stage holds the picture that is shown and, for a moment, the next one behind it. A keyframe is built out of sight
// and swapped in when it is whole, so the agent never sees an empty page in between.
import { LIMITS } from "../limits.ts";
import type { ReplayEvent } from "../net/wire.ts";
import { type PageInfo, Picture, SandboxError, type Size } from "./picture.ts";

export interface StageHooks {
  shown(): void;
  size(size: Size): void;
  page(page: PageInfo): void;
  trouble(): void;
  /** The frame could not be sealed; nothing will be shown. */
  unsafe(): void;
}

export class Stage {
  private current: Picture | null = null;
  private next: Picture | null = null;
  private name = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly hooks: StageHooks,
  ) {}

  /** Starts over from a keyframe's events. */
  show(events: readonly ReplayEvent[]): void {
    this.next?.destroy();
    this.next = this.build(events.at(-1)?.timestamp ?? 0);
    this.next?.feed(events);
  }

  feed(events: readonly ReplayEvent[]): void {
    (this.next ?? this.current)?.feed(events);
  }

  /** Too much has piled up while nobody looked: a fresh picture is cheaper than catching up. */
  get overfull(): boolean {
    return (this.next ?? this.current ?? { pending: 0 }).pending > LIMITS.pending_events_max;
  }

  isStuck(): boolean {
    return this.next?.isStuck() || this.current?.isStuck() || false;
  }

  refreshTitle(): void {
    if (this.current) this.hooks.page(this.current.page);
  }

  set cursorName(name: string) {
    this.name = name;
    for (const picture of [this.current, this.next]) if (picture) picture.cursorName = name;
  }

  clear(): void {
    this.next?.destroy();
    this.current?.destroy();
    this.next = this.current = null;
  }

  private build(server_ms: number): Picture | null {
    const layer = document.createElement("div");
    layer.className = "layer layer-next";
    this.root.append(layer);
    let picture: Picture | null = null;
    try {
      picture = new Picture(layer, server_ms, {
        ready: () => picture !== null && picture === this.next && this.swap(picture),
        resized: () => picture !== null && picture === this.current && this.hooks.size(picture.size),
        trouble: () => (picture === this.current || picture === this.next) && this.hooks.trouble(),
      });
      picture.cursorName = this.name;
    } catch (error) {
      layer.remove();
      if (error instanceof SandboxError) this.hooks.unsafe();
      else this.hooks.trouble();
    }
    return picture;
  }

  private swap(picture: Picture): void {
    this.current?.destroy();
    this.current = picture;
    this.next = null;
    picture.root.className = "layer";
    this.hooks.size(picture.size);
    this.hooks.page(picture.page);
    this.hooks.shown();
  }
}
