// The messages of an agent's socket. What arrives is read field by field; a message kind that this page does not know
// is skipped, one that it knows but cannot read is an error.
import type { Replayer } from "@rrweb/replay";

/** One event of the recording format, as the player takes it. */
export type ReplayEvent = Exclude<Parameters<Replayer["addEvent"]>[0], string>;

export type Mode = "view" | "pointer" | "control";
/**
 * What the customer's side is doing. `waiting`: her page has not arrived yet; `away`: she is not connected just now;
 * `stalled`: the server cannot tell, and hands nothing on either way for the moment.
 */
export type CustomerState = "waiting" | "live" | "paused" | "away" | "stalled";
/**
 * `attributes`: of a verified customer what the website named `by` vouches for, else what her page says. `claimed`: what the
 * page says of a verified customer besides.
 */
export type Customer = {
  verified: boolean;
  by?: string;
  attributes: Record<string, string>;
  claimed?: Record<string, string>;
};
export type Participant = { name: string; role: string };
/** `rules` names, where the server says so, which rule did how much of it. */
export type Report = { masked: number; blocked: number; removed: number; refused: number; rules: ReportRule[] };
export type ReportRule = { kind: string; rule: string; count: number };
export type Position = { epoch: number; seq: number };

export type ServerMessage =
  | { t: "welcome"; session: string; customer: Customer; privileges: string[]; mode: Mode; state?: CustomerState }
  | { t: "customer"; customer: Customer }
  | ({ t: "keyframe"; events: ReplayEvent[] } & Position)
  | ({ t: "events"; events: ReplayEvent[] } & Position)
  | { t: "participants"; participants: Participant[]; state?: CustomerState }
  | { t: "mode"; mode: Mode; state?: CustomerState }
  | ({ t: "report" } & Report)
  | { t: "pong"; sent: number; server: number }
  | { t: "ended"; reason: string };

export type AgentMessage =
  | { t: "hello"; resume?: Position; features: string[] }
  | { t: "ping"; sent: number }
  | { t: "end" };

/** A message of a known kind that does not have the form it should have. Carries no content. */
export class WireError extends Error {
  override name = "WireError";
}

type Fields = Record<string, unknown>;

const MODES: readonly string[] = ["view", "pointer", "control"];
const STATES: readonly string[] = ["waiting", "live", "paused", "away", "stalled"];

/** Reads one decoded frame. `null` means: a kind from a newer server, to be skipped. */
export function readMessage(value: unknown): ServerMessage | null {
  const fields = asFields(value, "frame");
  switch (fields.t) {
    case "welcome":
      return {
        t: "welcome",
        session: asText(fields, "session"),
        customer: readCustomer(fields.customer),
        privileges: asList(fields.privileges ?? [], "privileges").map(String),
        ...readMode(fields),
      };
    case "customer":
      return { t: "customer", customer: readCustomer(fields.customer) };
    case "keyframe":
      return { t: "keyframe", ...readPosition(fields), events: readEvents(fields) };
    case "events":
      return { t: "events", ...readPosition(fields), events: readEvents(fields) };
    case "participants":
      return { t: "participants", participants: readParticipants(fields), ...readState(fields) };
    case "mode":
      return { t: "mode", ...readMode(fields) };
    case "report":
      return { t: "report", ...readReport(fields) };
    case "pong":
      return { t: "pong", sent: asNumber(fields, "sent"), server: asNumber(fields, "server") };
    case "ended":
      return { t: "ended", reason: typeof fields.reason === "string" ? fields.reason : "" };
    default:
      return null;
  }
}

function readPosition(fields: Fields): Position {
  return { epoch: asNumber(fields, "epoch"), seq: asNumber(fields, "seq") };
}

function readEvents(fields: Fields): ReplayEvent[] {
  const events = asList(fields.events, "events");
  for (const event of events) {
    const { type, timestamp } = asFields(event, "event");
    if (typeof type !== "number" || typeof timestamp !== "number") throw new WireError("event without type or time");
  }
  return events as ReplayEvent[];
}

function readCustomer(value: unknown): Customer {
  if (value === undefined || value === null) return { verified: false, attributes: {} };
  const fields = asFields(value, "customer");
  const claimed = readTexts(fields.claimed, "claimed");
  return {
    verified: fields.verified === true,
    ...(typeof fields.by === "string" && { by: fields.by }),
    attributes: readTexts(fields.attributes, "attributes"),
    ...(Object.keys(claimed).length > 0 && { claimed }),
  };
}

function readTexts(value: unknown, what: string): Record<string, string> {
  const entries = Object.entries(asFields(value ?? {}, what));
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]));
}

function readMode(fields: Fields): { mode: Mode; state?: CustomerState } {
  const mode = fields.mode;
  return { mode: isOneOf<Mode>(mode, MODES) ? mode : "view", ...readState(fields) };
}

function readState(fields: Fields): { state?: CustomerState } {
  const state = fields.state;
  return isOneOf<CustomerState>(state, STATES) ? { state } : {};
}

/** Accepts names alone as well as names with a role. */
function readParticipants(fields: Fields): Participant[] {
  return asList(fields.participants ?? fields.agents ?? [], "participants").map((entry) => {
    if (typeof entry === "string") return { name: entry, role: "agent" };
    const { name, role } = asFields(entry, "participant");
    return { name: String(name ?? ""), role: String(role ?? "agent") };
  });
}

function readReport(fields: Fields): Report {
  const count = (name: string) => (typeof fields[name] === "number" ? (fields[name] as number) : 0);
  const rules = asList(fields.rules ?? [], "rules").map((entry) => {
    const rule = asFields(entry, "rule");
    return { kind: String(rule.kind ?? ""), rule: String(rule.rule ?? ""), count: Number(rule.count ?? 0) };
  });
  return {
    masked: count("masked"),
    blocked: count("blocked"),
    removed: count("removed"),
    refused: count("refused"),
    rules,
  };
}

function isOneOf<T extends string>(value: unknown, known: readonly string[]): value is T {
  return typeof value === "string" && known.includes(value);
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new WireError(`${what} is no object`);
  return value as Fields;
}

function asList(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new WireError(`${what} is no list`);
  return value;
}

function asText(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new WireError(`${name} is no text`);
  return value;
}

function asNumber(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new WireError(`${name} is no number`);
  return value;
}
