// The server holds what may become a card's or an account's number while it is typed, and forgets it. When the focus has
// left for good, what was typed is told once more, all of it in one event, so that it is judged as a whole.
import type { PageEvent } from "./wire.js";

const INCREMENTAL = 3;
const SOURCE = { mutation: 0, interaction: 2, input: 5 };
const FOCUS = 5;
/** As a tree walker says it. */
const SHOW_TEXT = 4;
/** As many letters and digits as the server begins to hold. */
const HELD = /\d/;
const HELD_MIN = 7;
/** What may be one of several short fields of one number, by its own word or by its digits. */
const BOX_CHARACTERS_MAX = 8;
const BOX_DIGITS = /^\d{3,6}$/;

type Field = HTMLInputElement;

export class Numbers {
  private readonly watched = new WeakSet<Element>();
  private readonly typed = new Set<Field>();

  constructor(
    private readonly nodeOf: (id: number) => Node | null,
    private readonly idOf: (node: Node) => number,
    private readonly send: (event: PageEvent) => void,
  ) {}

  /** Looks at an event that leaves: a field or editable part in it is watched until the focus leaves it. */
  note({ type, data }: PageEvent): void {
    const { source, type: kind, id } = data as { source: number; type?: number; id: number };
    const isInput = source === SOURCE.input;
    if (type !== INCREMENTAL || !(isInput || (source === SOURCE.interaction && kind === FOCUS))) return;
    const element = this.nodeOf(id) as Field | null;
    if (!element?.matches("input,textarea,[contenteditable]")) return;
    if (isInput) this.typed.add(element);
    if (this.watched.has(element)) return;
    this.watched.add(element);
    element.addEventListener("focusout", (event) => this.leave(element, event.relatedTarget as Field | null));
  }

  private leave(left: Field, next: Field | null): void {
    if (left.hasAttribute("contenteditable")) this.tellTexts(left);
    // From one box of a number to the next the focus has not left the whole of it.
    else if (!(next && isBox(left) && next.form === left.form && next.matches("input"))) this.tellValues();
  }

  private tellValues(): void {
    const attributes: object[] = [];
    let all = "";
    for (const field of this.typed) {
      const id = this.idOf(field);
      if (!field.isConnected) this.typed.delete(field);
      else if (id > 0 && HELD.test(field.value)) {
        attributes.push({ id, attributes: { value: field.value } });
        all += field.value;
      }
    }
    if (mayBeHeld(all)) this.tell({ attributes });
  }

  private tellTexts(host: Element): void {
    if (!mayBeHeld(host.textContent ?? "")) return;
    const walker = host.ownerDocument.createTreeWalker(host, SHOW_TEXT);
    const texts: object[] = [];
    while (walker.nextNode()) {
      const id = this.idOf(walker.currentNode);
      if (id > 0) texts.push({ id, value: walker.currentNode.nodeValue });
    }
    this.tell({ texts });
  }

  private tell(change: object): void {
    const data = { source: SOURCE.mutation, texts: [], attributes: [], removes: [], adds: [], ...change };
    this.send({ type: INCREMENTAL, data, timestamp: Date.now() });
  }
}

function mayBeHeld(text: string): boolean {
  return HELD.test(text) && text.replace(/[^\p{L}\p{N}]/gu, "").length >= HELD_MIN;
}

function isBox(field: Field): boolean {
  const length = Number.parseInt(field.getAttribute("maxlength") ?? field.getAttribute("size") ?? "", 10);
  return length ? length <= BOX_CHARACTERS_MAX : BOX_DIGITS.test(field.value);
}
