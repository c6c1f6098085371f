// Records the page with rrweb, once for each document: node ids stay the same until the page goes.
import { record } from "@rrweb/record";
import { AddressWatch } from "./address.js";
import { type CanvasWatch, watchCanvases } from "./canvas.js";
import { ALWAYS_BLOCK, FILLER } from "./fields.js";
import { MOUSEMOVE_BATCH_MS, SCROLL_MS } from "./limits.js";
import { Masker, usable } from "./mask.js";
import { Numbers } from "./recorder-numbers.js";
import { SizeWatch } from "./sizes.js";
import type { PageEvent, Rules } from "./wire.js";

/** How rrweb marks a node that is not part of the recording. */
const IGNORED_NODE = -2;

type RecordOptions = NonNullable<Parameters<typeof record>[0]>;

export class Recorder {
  readonly masker = new Masker((id) => record.mirror.getNode(id));
  private readonly numbers = new Numbers(
    (id) => record.mirror.getNode(id),
    (node) => record.mirror.getId(node as Parameters<typeof record.mirror.getId>[0]),
    (event) => this.running && this.pass(event),
  );
  private end: (() => void) | undefined;
  private canvases: CanvasWatch | undefined;
  private address: AddressWatch | undefined;
  private sizes: SizeWatch | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly emit: (event: PageEvent) => void,
  ) {}

  get running(): boolean {
    return this.end !== undefined;
  }

  /** Emits a full snapshot, then every change. */
  start(rules: Partial<Rules>, canvas: boolean): void {
    if (this.running) return;
    this.masker.setRules(rules);
    this.address = new AddressWatch((event) => this.emit(event));
    this.sizes = new SizeWatch(this.masker, record.mirror, (event) => this.emit(event));
    this.end = record(this.options(rules));
    if (canvas && this.running) this.canvases = watchCanvases(this.masker, record.mirror, (event) => this.emit(event));
  }

  /** What is blocked from now on is masked until the next page, which then blocks it. */
  setRules(rules: Partial<Rules>): void {
    this.masker.setRules(rules);
  }

  snapshot(): void {
    try {
      if (!this.running) return;
      record.takeFullSnapshot(true);
      this.canvases?.again();
    } catch {
      // The page is being torn down; the next one sends its own.
    }
  }

  stop(): void {
    this.address?.stop();
    this.canvases?.stop();
    this.sizes?.stop();
    this.end?.();
    this.address = this.canvases = this.sizes = this.end = undefined;
  }

  private options({ block = [], hide = [] }: Partial<Rules>): RecordOptions {
    return {
      emit: (event) => this.pass(event as PageEvent),
      blockSelector: usable([...ALWAYS_BLOCK, ...block, ...hide]).join(","),
      // rrweb would leave an ignored field's typing out, and then send all of it in the next snapshot: mask.ts decides.
      ignoreClass: "",
      maskInputOptions: { password: true },
      maskInputFn: (text) => (text ? FILLER : ""),
      inlineStylesheet: true,
      inlineImages: false,
      collectFonts: true,
      recordCanvas: false,
      recordCrossOriginIframes: false,
      slimDOMOptions: { script: true, comment: true },
      sampling: { mousemove: 50, mousemoveCallback: MOUSEMOVE_BATCH_MS, scroll: SCROLL_MS, input: "all" },
      // An error of the recorder is not the page's business.
      errorHandler: () => true,
      plugins: [{ name: "vitrine", options: {}, getMirror: () => this.hideOurselves() }],
    };
  }

  /** Our own element is known before the first snapshot, as one that is not recorded. */
  private hideOurselves(): void {
    const meta = { type: 2, tagName: "div", attributes: {}, childNodes: [], id: IGNORED_NODE };
    record.mirror.add(this.host, meta as Parameters<typeof record.mirror.add>[1]);
  }

  private pass(event: PageEvent): void {
    this.address?.look();
    let clean: PageEvent | null = null;
    try {
      clean = this.masker.clean(event);
    } catch {
      // What could not be judged is not sent.
    }
    if (!clean) return;
    this.emit(clean);
    this.numbers.note(clean);
    this.sizes?.note(clean);
  }
}
