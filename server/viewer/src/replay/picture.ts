// One picture of the customer's page: one player in one script-less frame, from one keyframe on.
import { Replayer } from "@rrweb/replay";
import { LIMITS } from "../limits.ts";
import type { ReplayEvent } from "../net/wire.ts";
import { takeSheetsAsTheyCome } from "./adapted.ts";
import { CanvasPainter, readCanvasPicture } from "./canvas.ts";
import { FORMULA_RULES } from "./formulas.ts";
import { PLACEHOLDER_RULES } from "./placeholder.ts";

const INCREMENTAL = 3;
const META = 4;
const CUSTOM = 5;
const MUTATION = 0;

/** Where scripts are off a browser gives every video controls, wanted or not. */
const STYLE_RULES = ["video:not([controls])::-webkit-media-controls { display: none !important }"];

export type PageInfo = { url: string; title: string };
export type Size = { width: number; height: number };

export interface PictureHooks {
  /** Built, and its style sheets are there (or took too long): it may be shown. */
  ready(): void;
  resized(): void;
  trouble(): void;
}

/** The frame is not sealed as it must be. Nothing is fed to it then. */
export class SandboxError extends Error {
  override name = "SandboxError";
}

export class Picture {
  size: Size = { width: 0, height: 0 };
  private url = "";
  private readonly replayer: Replayer;
  private readonly canvas = new CanvasPainter();
  private started_ms = 0;
  private readonly baseline_ms: number;
  private last_ms = 0;
  private fed = 0;
  private cast = 0;
  private castAtCheck = 0;
  private stuckChecks = 0;
  private gone = false;

  /** `server_ms` is the server's time of the keyframe; it becomes the player's zero. */
  constructor(
    readonly root: HTMLElement,
    server_ms: number,
    private readonly hooks: PictureHooks,
  ) {
    this.baseline_ms = this.last_ms = server_ms;
    this.replayer = new Replayer([], {
      root,
      liveMode: true,
      useVirtualDom: false,
      triggerFocus: false,
      mouseTail: false,
      pauseAnimation: false,
      showWarning: true,
      logger: this.logger(),
      insertStyleRules: [...STYLE_RULES, ...FORMULA_RULES, ...PLACEHOLDER_RULES],
      plugins: [{ onBuild: (node) => this.built(node as Node) }],
    });
    assertSealed(this.replayer.iframe);
    takeSheetsAsTheyCome(this.replayer);
    this.dressFrame();
    this.listen();
    this.replayer.startLive(this.baseline_ms);
    // After, never before: an event must not be due later than now by the player's own count.
    this.started_ms = performance.now();
  }

  /** Events taken in but not applied yet. */
  get pending(): number {
    return this.fed - this.cast;
  }

  get page(): PageInfo {
    return { url: this.url, title: this.replayer.iframe.contentDocument?.title ?? "" };
  }

  set cursorName(name: string) {
    const cursor = this.replayer.wrapper.querySelector<HTMLElement>(".replayer-mouse");
    if (cursor) cursor.dataset.name = name;
  }

  /**
   * Takes events in the server's order. Each is due at once: only their spacing within the frame is kept, so that neither
   * clock, the server's nor the agent's, can hold a picture back.
   */
  feed(events: readonly ReplayEvent[]): void {
    const due_ms = this.baseline_ms + performance.now() - this.started_ms;
    const newest_ms = events.at(-1)?.timestamp ?? 0;
    for (const event of events) {
      this.last_ms = Math.max(this.last_ms, due_ms - Math.max(0, newest_ms - event.timestamp));
      event.timestamp = this.last_ms;
      this.fed += 1;
      this.replayer.addEvent(event);
    }
    this.trim();
  }

  /** Called at a steady pace while the tab is in front: a player that should move and does not is broken. */
  isStuck(): boolean {
    const idle = this.pending === 0 || this.cast !== this.castAtCheck;
    this.castAtCheck = this.cast;
    this.stuckChecks = idle ? 0 : this.stuckChecks + 1;
    return this.stuckChecks >= LIMITS.stalled_checks;
  }

  destroy(): void {
    if (this.gone) return;
    this.gone = true;
    this.canvas.destroy();
    this.replayer.timer.clear();
    try {
      this.replayer.destroy();
    } catch {
      // A player that broke half-way may break again here; its frame goes with the root below.
    }
    this.root.remove();
  }

  private listen(): void {
    this.replayer.on("resize", (size) => {
      this.size = size as Size;
      this.hooks.resized();
    });
    this.replayer.on("event-cast", (event) => this.afterCast(event as ReplayEvent));
    this.replayer.on("fullsnapshot-rebuilded", () => this.awaitStyles());
  }

  private afterCast(event: ReplayEvent): void {
    this.cast += 1;
    if (event.type === META) this.url = String((event.data as { href?: unknown }).href ?? "");
    else if (event.type === INCREMENTAL) this.afterChange(event.data as { source?: unknown; attributes?: unknown });
    else if (event.type === CUSTOM) {
      const picture = readCanvasPicture(event.data);
      if (picture) this.canvas.paint(this.node(picture.id), picture.image);
    }
  }

  private afterChange({ source, attributes }: { source?: unknown; attributes?: unknown }): void {
    if (source !== MUTATION || !Array.isArray(attributes)) return;
    for (const { id } of attributes as { id: number }[]) this.canvas.restyled(this.node(id));
  }

  private built(node: Node): void {
    if (node.nodeName !== "CANVAS") return;
    const { attributes } = this.replayer.getMirror().getMeta(node) as { attributes?: Record<string, unknown> };
    this.canvas.built(node, attributes ?? {});
  }

  private node(id: number): Node | null {
    return this.replayer.getMirror().getNode(id);
  }

  /** The player says in the same breath whether style sheets are still on their way. */
  private awaitStyles(): void {
    let waiting = false;
    let timer = 0;
    const done = () => {
      window.clearTimeout(timer);
      this.replayer.off("load-stylesheet-end", done);
      if (!this.gone) this.hooks.ready();
    };
    const started = () => {
      waiting = true;
    };
    this.replayer.on("load-stylesheet-start", started);
    this.replayer.on("load-stylesheet-end", done);
    queueMicrotask(() => {
      this.replayer.off("load-stylesheet-start", started);
      if (!waiting) done();
      else timer = window.setTimeout(done, LIMITS.styles_wait_ms);
    });
  }

  /** The player keeps every event for rewinding, which nobody does here. It looks at the first and the last one only. */
  private trim(): void {
    const events = this.replayer.service.state.context.events;
    if (events.length > LIMITS.held_events_max) events.splice(1, events.length - 2);
  }

  private dressFrame(): void {
    const { iframe } = this.replayer;
    iframe.title = "Customer's page";
    iframe.tabIndex = -1;
  }

  /** The player swallows errors inside a mutation and only warns; for us the picture is then no longer true. */
  private logger(): { log: () => void; warn: (...args: unknown[]) => void } {
    return {
      log: () => {},
      warn: (...args) => {
        if (args.some((arg) => typeof arg === "string" && arg.startsWith("Exception in mutation"))) {
          this.hooks.trouble();
        }
      },
    };
  }
}

/** Exactly one permission: to be reached by this page. Anything else could run what the customer's page says. */
function assertSealed(iframe: HTMLIFrameElement): void {
  const granted = [...iframe.sandbox];
  const sealed = iframe.hasAttribute("sandbox") && granted.length === 1 && granted[0] === "allow-same-origin";
  if (sealed && !iframe.hasAttribute("src") && !iframe.hasAttribute("srcdoc")) return;
  iframe.remove();
  throw new SandboxError("the frame is not sealed");
}
