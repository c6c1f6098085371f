// Writes nodes down as the recorder does, as far as masking has to do with it.
import type { SerializedNode } from "../../src/mask.js";

export class Recording {
  private readonly nodes = new Map<number, Node>();
  private readonly ids = new Map<Node, number>();

  readonly nodeOf = (id: number): Node | null => this.nodes.get(id) ?? null;

  idOf(node: Node | null): number {
    return (node && this.ids.get(node)) ?? -1;
  }

  node(node: Node): SerializedNode {
    const id = this.ids.get(node) ?? this.ids.size + 1;
    this.ids.set(node, id);
    this.nodes.set(id, node);
    if (node.nodeType === 3) return { type: 3, id, textContent: node.textContent ?? "" };
    if (node.nodeType === 9) return { type: 0, id, childNodes: this.all(node.childNodes) };
    if (node.nodeType !== 1) return { type: 5, id, textContent: "" };
    return this.element(node as HTMLInputElement, id);
  }

  private element(element: HTMLInputElement, id: number): SerializedNode {
    const attributes: Record<string, unknown> = {};
    for (const { name, value } of Array.from(element.attributes)) attributes[name] = value;
    if (["input", "textarea", "select"].includes(element.localName) && element.value) attributes.value = element.value;
    const inside = [...Array.from(element.childNodes), ...Array.from(element.shadowRoot?.childNodes ?? [])];
    return { type: 2, id, tagName: element.localName, attributes, childNodes: this.all(inside) };
  }

  private all(nodes: Iterable<Node>): SerializedNode[] {
    return Array.from(nodes, (child) => this.node(child));
  }
}
