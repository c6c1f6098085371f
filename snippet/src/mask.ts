// The last look at every event before it leaves the page. The recorder has holes (it sends `srcdoc`, hidden inputs and
// ignored fields as they are, and looks for masks within one tree only), so all masking is done here, over the page itself:
// what cannot be judged is masked.
import * as fields from "./fields.js";
import { importsFirst } from "./imports.js";
import type { PageEvent, Rules } from "./wire.js";

/** A node as the recorder writes it. */
export interface SerializedNode {
  type: number;
  id: number;
  tagName?: string;
  attributes?: Attributes;
  textContent?: string;
  childNodes?: SerializedNode[];
}
type Attributes = Record<string, unknown>;

const NODE = { document: 0, element: 2, text: 3, cdata: 4, comment: 5 };
const EVENT = { full: 2, incremental: 3, meta: 4 };
const SOURCE = { mutation: 0, mouseMove: 1, interaction: 2, input: 5, touchMove: 6, drag: 12 };

interface MutationData {
  texts: { id: number; value: string | null }[];
  attributes: { id: number; attributes: Attributes }[];
  adds: { parentId: number; node: SerializedNode }[];
}
interface InputData {
  id: number;
  text: string;
  isChecked: boolean;
}

export class Masker {
  private selector = "";
  private hidden = "";
  /** Once covered, covered for as long as the document lives, whatever its class becomes. */
  private readonly coveredOnce = new WeakSet<Element>();
  private readonly secretOnce = new WeakSet<Element>();
  /** What is known of ancestors, for one event. */
  private known = new Map<Element, boolean>();

  constructor(private readonly nodeOf: (id: number) => Node | null) {
    this.setRules({});
  }

  /** A blocked or hidden element that the recorder still speaks of is masked at the least. */
  setRules({ mask = [], block = [], hide = [] }: Partial<Rules>): void {
    this.hidden = usable([...fields.ALWAYS_HIDE, ...hide]).join(",");
    this.selector = usable([...fields.ALWAYS_MASK, ...fields.ALWAYS_BLOCK, ...mask, ...block, ...hide]).join(",");
  }

  /** The event with everything private taken out of it, in place; null if it is not to be sent. */
  clean(event: PageEvent): PageEvent | null {
    this.known = new Map();
    switch (event.type) {
      case EVENT.meta:
        return event;
      case EVENT.full:
        this.cleanTree((event.data as { node: SerializedNode }).node, false);
        return event;
      case EVENT.incremental:
        return this.cleanIncremental(event.data as { source: number }) ? event : null;
      default:
        return null;
    }
  }

  /** Whether an element, or anything it stands in, is private; also across shadow roots and frames. */
  private covers(element: Element | null): boolean {
    const path: Element[] = [];
    let covered = false;
    for (let at = element; at && !covered; at = parentAcross(at)) {
      const known = this.known.get(at);
      if (known !== undefined) {
        covered = known;
        break;
      }
      path.push(at);
      covered = this.matches(at);
    }
    for (const passed of path) this.known.set(passed, covered);
    return covered;
  }

  /** As `covers`, outside of any event. */
  coversNow(element: Element | null): boolean {
    this.known = new Map();
    return this.covers(element);
  }

  /** Those of the elements that are not private. */
  uncovered(elements: Element[]): Element[] {
    this.known = new Map();
    return elements.filter((element) => !this.covers(element));
  }

  private cleanIncremental(data: { source: number }): boolean {
    switch (data.source) {
      case SOURCE.mutation:
        this.cleanMutation(data as unknown as MutationData);
        return true;
      case SOURCE.input:
        return this.cleanInput(data as unknown as InputData);
      case SOURCE.mouseMove:
      case SOURCE.touchMove:
      case SOURCE.drag:
        return dropUnknown((data as unknown as { positions: { id: number }[] }).positions);
      case SOURCE.interaction:
        return (data as unknown as { id: number }).id > 0;
      default:
        return true;
    }
  }

  private cleanMutation({ texts, attributes, adds }: MutationData): void {
    for (const text of texts) {
      const parent = this.nodeOf(text.id)?.parentElement ?? null;
      if (text.value && !isStyle(parent) && (isUnrendered(parent) || this.coversKnown(parent))) {
        text.value = masked(text.value);
      }
    }
    for (const change of attributes) {
      const element = this.nodeOf(change.id) as Element | null;
      const tag = element?.localName ?? "";
      this.cleanAttributes(change.attributes, tag, element, this.coversKnown(element));
    }
    for (const { parentId, node } of adds) {
      const parent = this.nodeOf(parentId);
      const host = parent as Element | null;
      this.cleanTree(node, isUnrendered(host) || this.coversKnown(host));
    }
  }

  private cleanInput(data: InputData): boolean {
    const element = this.nodeOf(data.id) as HTMLInputElement | null;
    if (element?.type === "file") return false;
    const covered = this.coversKnown(element);
    if (covered) data.isChecked = false;
    if (data.text && (covered || this.isSecret(element))) data.text = fields.FILLER;
    return true;
  }

  /** Without recursion: a script can nest a page deeper than any stack. */
  private cleanTree(top: SerializedNode, topCovered: boolean): void {
    const work: [SerializedNode, boolean][] = [[top, topCovered]];
    for (let next = work.pop(); next; next = work.pop()) {
      const [node, inherited] = next;
      if (node.type === NODE.element) this.cleanElement(node, inherited, work);
      else if (node.type === NODE.document) for (const child of node.childNodes ?? []) work.push([child, inherited]);
      else if (inherited && node.textContent) node.textContent = masked(node.textContent);
    }
  }

  private cleanElement(node: SerializedNode, inherited: boolean, work: [SerializedNode, boolean][]): void {
    const tag = node.tagName ?? "";
    const element = this.nodeOf(node.id) as Element | null;
    const covered = inherited || !element || this.matches(element);
    const secretSelect = tag === "select" && this.isSecret(element);
    if (element && node.attributes && "rr_width" in node.attributes) this.markBlocked(node.attributes, element);
    this.cleanAttributes(node.attributes ?? {}, tag, element, covered);
    // A style sheet's text is kept, or the page would lose its look; text for browsers without script is never seen.
    const below = tag !== "style" && (covered || secretSelect || tag === "noscript");
    for (const child of node.childNodes ?? []) work.push([child, below]);
  }

  private cleanAttributes(attributes: Attributes, tag: string, element: Element | null, covered: boolean): void {
    delete attributes.srcdoc;
    if (typeof attributes._cssText === "string") attributes._cssText = importsFirst(attributes._cssText);
    if (tag === "meta" && attributes.content && !isOpenMeta(element)) attributes.content = fields.FILLER;
    if (tag === "input" && (element as HTMLInputElement | null)?.type === "file") delete attributes.value;
    const secret = isField(tag) && this.isSecret(element);
    if (attributes.value && (secret || isHidden(tag, element))) attributes.value = fields.FILLER;
    if (covered || secret) maskAttributes(attributes, tag);
  }

  /** The recorder leaves a blocked element its class only; what rule it was for would be lost to the server. */
  private markBlocked(attributes: Attributes, element: Element): void {
    attributes[element.matches(this.hidden) ? "data-vitrine-hide" : "data-vitrine-block"] = "";
  }

  /** An element that is gone, or never was, cannot be judged, and counts as private. */
  private coversKnown(element: Element | null): boolean {
    return !element || (element.nodeType === Node.DOCUMENT_NODE ? this.covers(frameOf(element)) : this.covers(element));
  }

  private matches(element: Element): boolean {
    if (this.coveredOnce.has(element)) return true;
    if (!element.matches(this.selector)) return false;
    this.coveredOnce.add(element);
    return true;
  }

  /** Passwords (also once shown as text), cards and one-time codes. */
  private isSecret(element: Element | null): boolean {
    if (!element || this.secretOnce.has(element)) return true;
    const secret =
      (element as HTMLInputElement).type === "password" ||
      element.hasAttribute("data-rr-is-password") ||
      fields.SECRET_AUTOCOMPLETE.test(element.getAttribute("autocomplete") ?? "");
    if (secret) this.secretOnce.add(element);
    return secret;
  }
}

/** Leaves out selectors that this browser cannot read: the server applies them all the same. */
export function usable(selectors: string[]): string[] {
  const probe = document.createDocumentFragment();
  return selectors.filter((selector) => {
    try {
      probe.querySelector(selector);
      return true;
    } catch {
      return false;
    }
  });
}

function masked(text: string): string {
  return /\S/.test(text) ? fields.FILLER : " ";
}

function maskAttributes(attributes: Attributes, tag: string): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (fields.OWN_ATTRIBUTE.test(name) || value === null) continue;
    if (fields.STATE_ATTRIBUTE.test(name)) delete attributes[name];
    else if (fields.TEXT_ATTRIBUTE.test(name)) attributes[name] = value === "" ? "" : fields.FILLER;
    else if (tag !== "link" && tag !== "base" && fields.ADDRESS_ATTRIBUTE.test(name)) delete attributes[name];
  }
}

function isField(tag: string): boolean {
  return tag === "input" || tag === "textarea" || tag === "select";
}

function isHidden(tag: string, element: Element | null): boolean {
  return tag === "input" && (element as HTMLInputElement | null)?.type === "hidden";
}

function isStyle(element: Element | null): boolean {
  return element?.localName === "style";
}

function isUnrendered(element: Element | null): boolean {
  return element?.localName === "noscript";
}

function isOpenMeta(element: Element | null): boolean {
  return fields.OPEN_META.has((element?.getAttribute("name") ?? "").toLowerCase());
}

function parentAcross(element: Element): Element | null {
  const parent = element.parentNode;
  if (parent?.nodeType === Node.DOCUMENT_FRAGMENT_NODE) return (parent as ShadowRoot).host ?? null;
  return parent?.nodeType === Node.DOCUMENT_NODE ? frameOf(parent) : (parent as Element | null);
}

/** The frame element that a document is shown in, or null at the top. */
function frameOf(node: Node): Element | null {
  try {
    return (node as Document).defaultView?.frameElement ?? null;
  } catch {
    return null;
  }
}

function dropUnknown(positions: { id: number }[]): boolean {
  const kept = positions.filter(({ id }) => id > 0);
  positions.splice(0, positions.length, ...kept);
  return kept.length > 0;
}
