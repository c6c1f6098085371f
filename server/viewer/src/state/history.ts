// What has happened in a session while this page watched: who came and went, which pages, which losses. Never what stood
// on a page. It is read off the changes of the session's state, so nothing has to remember to write it down.
import { LIMITS } from "../limits.ts";
import type { Participant } from "../net/wire.ts";
import type { SessionState } from "./session.ts";
import { describe } from "./status.ts";

export type What =
  | "here"
  | "joined"
  | "left"
  | "page"
  | "lost"
  | "back"
  | "paused"
  | "resumed"
  | "away"
  | "returned"
  | "stalled"
  | "flowing"
  | "verified"
  | "unverified"
  | "over";
/** `text`: a name, an address as the server's policy lets agents have it, or how it ended. */
export type Entry = { at_ms: number; what: What; text: string };

export interface History {
  /** From the first connection until the last one closed. */
  since_ms: number | null;
  until_ms: number | null;
  /** Everyone who watched, each once, in the order of coming. */
  people: readonly string[];
  /** Every address that was shown, each once. */
  pages: readonly string[];
  /** The newest last. */
  entries: readonly Entry[];
}

export const NO_HISTORY: History = { since_ms: null, until_ms: null, people: [], pages: [], entries: [] };

/** The history after a change of state; the same object if the change is not worth a word. */
export function written(history: History, before: SessionState, after: SessionState, at_ms: number): History {
  const since_ms = history.since_ms ?? (after.link.phase === "open" ? at_ms : null);
  const isOver = since_ms !== null && history.until_ms === null && after.link.phase === "stopped";
  const bare = [
    ...(history.since_ms === null ? [] : linkEntries(before, after)),
    ...(since_ms === null
      ? []
      : [...peopleEntries(before, after), ...customerEntries(before, after), ...contactEntries(before, after)]),
  ];
  const entries = bare.map((entry) => ({ at_ms, ...entry }));
  if (since_ms === history.since_ms && !isOver && entries.length === 0) return history;
  return {
    since_ms,
    until_ms: isOver ? at_ms : history.until_ms,
    people: namesAmong(history.people, entries, ["here", "joined"]),
    pages: namesAmong(history.pages, entries, ["page"]),
    entries: [...history.entries, ...entries].slice(-LIMITS.log_entries_max),
  };
}

type Bare = Omit<Entry, "at_ms">;

function linkEntries({ link: before }: SessionState, after: SessionState): Bare[] {
  const { phase } = after.link;
  if (before.phase === phase) return [];
  if (phase === "retrying") return [{ what: "lost", text: "" }];
  if (phase === "open") return [{ what: "back", text: "" }];
  return phase === "stopped" ? [{ what: "over", text: describe(after).title }] : [];
}

function peopleEntries({ participants: before }: SessionState, { participants: after }: SessionState): Bare[] {
  if (before === after) return [];
  const came = before.length === 0 ? "here" : "joined";
  return [
    ...beyond(after, before).map((text): Bare => ({ what: came, text })),
    ...beyond(before, after).map((text): Bare => ({ what: "left", text })),
  ];
}

/** Whom the website vouches for: from no longer to again, and from one name to another. */
function contactEntries({ customer: before }: SessionState, { customer: after }: SessionState): Bare[] {
  if (before === after) return [];
  if (!after.verified) return before.verified ? [{ what: "unverified", text: "" }] : [];
  const isSame = before.verified && before.attributes.name === after.attributes.name;
  return isSame ? [] : [{ what: "verified", text: after.attributes.name ?? "" }];
}

/** The names in one list that the other does not have as often. */
function beyond(list: readonly Participant[], other: readonly Participant[]): string[] {
  const left = other.map(({ name }) => name);
  return list.flatMap(({ name, role }) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at >= 0 || role === "customer" ? [] : [name];
  });
}

const CUSTOMER: Readonly<Record<string, What>> = {
  "live paused": "paused",
  "paused live": "resumed",
  "live away": "away",
  "paused away": "away",
  "away live": "returned",
  "live stalled": "stalled",
  "stalled live": "flowing",
  "stalled paused": "paused",
  "stalled away": "away",
};

function customerEntries(before: SessionState, after: SessionState): Bare[] {
  const what = CUSTOMER[`${before.customerState} ${after.customerState}`];
  const isNewPage = after.page.url !== "" && after.page.url !== before.page.url;
  return [
    ...(what ? [{ what, text: "" }] : []),
    ...(isNewPage ? [{ what: "page" as const, text: after.page.url }] : []),
  ];
}

function namesAmong(known: readonly string[], entries: readonly Entry[], kinds: readonly What[]): readonly string[] {
  const names = entries.filter(({ what }) => kinds.includes(what)).map(({ text }) => text);
  return names.length === 0 ? known : [...new Set([...known, ...names])].slice(0, LIMITS.receipt_names_max);
}
