// Holds the page in a player against a keyframe, node for node.
import { EVENT, NODE, type ReplayEvent, type SerializedNode, SOURCE } from "../wire.ts";
import { builtTag, classes, declarations, holdsOwnText, isLeftOut, rules } from "./edits.ts";
import type { Player } from "./player.ts";

/** A page as plain data: what a keyframe says, or what stands in a player. */
interface Plain {
  id: number;
  what: string;
  attributes: Record<string, string>;
  children: Plain[];
}

const MOST_DIFFERENCES = 20;

/** Every difference between the player's page and the keyframe's, as a line that says where. */
export function differences(player: Player, keyframe: readonly ReplayEvent[]): string[] {
  const found: string[] = [];
  const walk = (wanted: Plain, there: Plain, path: string) => {
    if (found.length >= MOST_DIFFERENCES) return;
    const here = `${path}/${wanted.what}#${wanted.id}`;
    if (wanted.id !== there.id || wanted.what !== there.what) {
      found.push(`${here}: the player has ${there.what}#${there.id}`);
      return;
    }
    compareAttributes(wanted, there, (words) => found.push(`${here}: ${words}`));
    if (wanted.children.length !== there.children.length) {
      const names = ({ children }: Plain) => children.map(({ what, id }) => `${what.slice(0, 40)}#${id}`).join(" ");
      found.push(`${here}: children [${names(wanted)}], the player has [${names(there)}]`);
      return;
    }
    wanted.children.forEach((child, at) => {
      const other = there.children[at];
      if (other) walk(child, other, here);
    });
  };
  walk(fromKeyframe(keyframe), fromDocument(player, player.document), "");
  return found;
}

function compareAttributes(wanted: Plain, there: Plain, tell: (words: string) => void): void {
  for (const name of new Set([...Object.keys(wanted.attributes), ...Object.keys(there.attributes)])) {
    const [left, right] = [wanted.attributes[name], there.attributes[name]];
    if (left !== right) tell(`${name} is ${left}, in the player ${right}`.slice(0, 400));
  }
}

function fromKeyframe(events: readonly ReplayEvent[]): Plain {
  const frames = new Map<number, SerializedNode>();
  for (const { type, data } of events) {
    if (type !== EVENT.incremental || data.source !== SOURCE.mutation || !data.isAttachIframe) continue;
    for (const { parentId, node } of data.adds as { parentId: number; node: SerializedNode }[])
      frames.set(parentId, node);
  }
  const full = events.find(({ type }) => type === EVENT.fullSnapshot);
  return fromSerialized(full?.data.node as SerializedNode, frames);
}

function fromSerialized(node: SerializedNode, frames: ReadonlyMap<number, SerializedNode>): Plain {
  const { id, attributes = {}, childNodes = [] } = node;
  const tag = builtTag(node);
  const plain: Plain = { id, what: whatIsSerialized(node), attributes: {}, children: [] };
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || isLeftOut(tag, name)) continue;
    plain.attributes[name] = value === true ? "" : String(value);
  }
  settle(plain, attributes);
  const frame = frames.get(id);
  if (frame) plain.children.push(fromSerialized(frame, frames));
  if (!holdsOwnText(tag)) {
    // Shadow trees first, as below.
    const ordered = [
      ...childNodes.filter(({ isShadow }) => isShadow),
      ...childNodes.filter(({ isShadow }) => !isShadow),
    ];
    plain.children.push(...ordered.map((child) => fromSerialized(child, frames)));
  }
  return plain;
}

function whatIsSerialized(node: SerializedNode): string {
  switch (node.type) {
    case NODE.document:
      return "document";
    case NODE.doctype:
      return `doctype ${node.name || "html"}`;
    case NODE.element:
      return `${node.isSVG ? "svg:" : ""}${builtTag(node).toLowerCase()}`;
    default:
      return `text ${JSON.stringify(node.textContent ?? "")}`;
  }
}

function fromDocument(player: Player, node: Node): Plain {
  const plain: Plain = { id: player.idOf(node), what: whatIsBuilt(node), attributes: {}, children: [] };
  let inside: Node[] = [...node.childNodes];
  if (isElement(node)) {
    const tag = node.localName.toLowerCase();
    for (const { name, value } of node.attributes) if (!isLeftOut(tag, name)) plain.attributes[name] = value;
    settle(plain);
    if (holdsOwnText(tag)) inside = [];
    if (node.shadowRoot) inside.unshift(...node.shadowRoot.childNodes);
    const frame = (node as Partial<HTMLIFrameElement>).contentDocument;
    if (frame && player.idOf(frame) > 0) inside.unshift(frame);
  }
  plain.children = inside.filter((child) => player.idOf(child) > 0).map((child) => fromDocument(player, child));
  return plain;
}

/** Writes classes and declarations so that order and spelling say nothing; an empty list is none. */
function settle({ attributes }: Plain, sent: Record<string, unknown> = {}): void {
  set(attributes, "class", classes(attributes.class ?? ""));
  set(attributes, "style", declarations(attributes.style ?? "", sent));
}

function set(attributes: Record<string, string>, name: string, value: string): void {
  if (value) attributes[name] = value;
  else delete attributes[name];
}

// Nodes of another window are no instances of this window's classes.
const isElement = (node: Node): node is Element => node.nodeType === Node.ELEMENT_NODE;

function whatIsBuilt(node: Node): string {
  switch (node.nodeType) {
    case Node.DOCUMENT_NODE:
      return "document";
    case Node.DOCUMENT_TYPE_NODE:
      return `doctype ${node.nodeName}`;
    case Node.ELEMENT_NODE: {
      const isSvg = (node as Element).namespaceURI === "http://www.w3.org/2000/svg";
      return `${isSvg ? "svg:" : ""}${(node as Element).localName.toLowerCase()}`;
    }
    default:
      return `text ${JSON.stringify(node.textContent)}`;
  }
}

/** What is not in the tree: fields as they stand, and the rules of every sheet. By node, in document order. */
export function stateOf(player: Player): Record<string, unknown> {
  const state: Record<string, unknown> = {};
  const note = (node: Node, name: string, value: unknown) => {
    state[`${name} of ${node.nodeName.toLowerCase()}#${player.idOf(node)}`] = value;
  };
  const walk = (node: Node) => {
    const { adoptedStyleSheets } = node as Partial<Document>;
    if (adoptedStyleSheets?.length)
      note(
        node,
        "adopted",
        adoptedStyleSheets.map(({ cssRules }) => rules(cssRules)),
      );
    if (isElement(node) && player.idOf(node) > 0) {
      noteElement(node, note);
      if (node.shadowRoot) walk(node.shadowRoot);
      const frame = (node as Partial<HTMLIFrameElement>).contentDocument;
      if (frame) walk(frame);
    }
    node.childNodes.forEach(walk);
  };
  walk(player.document);
  return state;
}

function noteElement(element: Element, note: (node: Node, name: string, value: unknown) => void): void {
  const { value, checked, selected, sheet } = element as Partial<
    HTMLInputElement & HTMLOptionElement & { sheet: CSSStyleSheet }
  >;
  const tag = element.localName;
  if (tag === "input" || tag === "textarea" || tag === "select") note(element, "value", value);
  if (tag === "input") note(element, "checked", checked);
  if (tag === "option") note(element, "selected", selected);
  if (tag === "style" && sheet) note(element, "rules", rules(sheet.cssRules));
}
