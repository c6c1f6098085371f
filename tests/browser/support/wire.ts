/** The parts of rrweb's format that the tests read. */
export interface SerializedNode {
  type: number;
  id: number;
  tagName?: string;
  attributes?: Record<string, string | number | boolean | null>;
  childNodes?: SerializedNode[];
  textContent?: string;
  name?: string;
  isShadow?: boolean;
  isSVG?: boolean;
}

export interface ReplayEvent {
  type: number;
  timestamp: number;
  data: Record<string, unknown>;
}

export const NODE = { document: 0, doctype: 1, element: 2, text: 3, cdata: 4, comment: 5 } as const;
export const EVENT = { fullSnapshot: 2, incremental: 3, meta: 4, custom: 5 } as const;
export const SOURCE = { mutation: 0 } as const;

/** A message to an agent that carries a part of the page. */
export interface PageFrame {
  t: "keyframe" | "events";
  epoch: number;
  seq: number;
  events: ReplayEvent[];
}
