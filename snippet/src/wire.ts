// The frames between this page and the server: one JSON object each, named by `t`.

/** An event of a stock recorder, as it comes and as it is sent. */
export interface PageEvent {
  type: number;
  data: unknown;
  timestamp: number;
}

/** CSS selectors that are masked, blocked or hidden before anything leaves the page. */
export interface Rules {
  mask: string[];
  block: string[];
  hide: string[];
}

export interface Limits {
  /** How many bytes of events may be on their way without having been applied. */
  window_bytes: number;
  /** The longest frame, before compression. */
  frame_bytes: number;
  events_per_frame: number;
}

/** What an agent may do at the moment. */
export type Mode = "view" | "pointer" | "control";

export interface Agent {
  name: string;
  mode?: Mode;
}

export type ConsentKind = "view" | "control" | "navigate" | "action";

export interface ConsentRequest {
  request: string | number;
  kind: ConsentKind;
  agent: string;
}

/** Something on the page that the server could not get from its website. */
export interface AssetRequest {
  request: number;
  url: string;
  kind: string;
  bytes_max: number;
}

export interface Welcome {
  t: "welcome";
  session: string;
  joinCode?: string | null;
  expiresAt?: string | number;
  mode: Mode;
  epoch: number;
  applied: number;
  rules?: Partial<Rules>;
  limits?: Partial<Limits>;
  features?: string[];
}

export type ServerMessage =
  | Welcome
  | { t: "rules"; rules: Partial<Rules> }
  | { t: "snapshot" }
  /** What is applied may be forgotten here. `stored` may stand still; after a loss a snapshot tells what it lacks. */
  | { t: "ack"; applied: number; stored: number; epoch?: number }
  | ({ t: "asset-request" } & AssetRequest)
  | { t: "contact-request" }
  | ({ t: "consent-request" } & ConsentRequest)
  | { t: "command"; id: string | number }
  | { t: "participants"; agents: Agent[]; joinCode?: string | null; expiresAt?: string | number }
  | { t: "mode"; mode: Mode }
  | { t: "ended"; reason?: string };

export interface Hello {
  t: "hello";
  page: { url: string; title: string; tab: string; instance: string };
  snippet: string;
  features: string[];
  resume?: { seq: number; epoch: number };
}

export type ClientMessage =
  | Hello
  | { t: "consent"; request: string | number; granted: boolean }
  | { t: "result"; command: string | number; ok: false; error: { code: string } }
  /** Sharing goes on with the next full snapshot. */
  | { t: "pause" }
  | { t: "end" };

/** What `POST /api/v1/sessions` answers. */
export interface Created {
  session: string;
  joinCode: string;
  token: string;
  /** When the join code stops being good: RFC 3339 or milliseconds. */
  expiresAt: string | number;
  socket: string;
}

/** Sockets that end with one of these stay closed. */
export const CLOSE_FINAL: Readonly<Record<number, string>> = {
  4401: "not-authenticated",
  4403: "not-allowed",
  4404: "no-session",
  4408: "idle",
  4410: "ended",
};
export const CLOSE_TAKEN_OVER = 4409;
/** Our own frame was refused; repeating it for ever would not help. */
export const CLOSE_REFUSED: readonly number[] = [1003, 1009, 4400, 4413];
export const CLOSE_TOO_FAST = 4429;
/** The server is about to stop; another one takes the session on. */
export const CLOSE_DRAINING = 4503;
