// What the page around this one is told of a session: which, how far, and whether the customer is verified. No more.
import type { SessionState } from "../state/session.ts";
import { nameOf } from "../state/status.ts";
import type { StateName } from "../state/wording.ts";
import type { Stage, ToPage, Trouble } from "./messages.ts";

const STAGES: Partial<Record<StateName, Stage>> = {
  live: "watching",
  paused: "watching",
  away: "watching",
  stalled: "watching",
  "catching-up": "watching",
  ended: "ended",
};

/** What stops a session without ending it. */
const TROUBLES: Partial<Record<StateName, Trouble>> = {
  denied: "not-allowed",
  full: "session-full",
  taken: "open-elsewhere",
  idle: "idle",
  unsafe: "cannot-show",
  unshowable: "cannot-show",
  "signed-out": "token-refused",
};

export function reportOf(session: string, state: SessionState): ToPage {
  const name = nameOf(state);
  const error = TROUBLES[name];
  if (error) return { type: "error", error };
  return { type: "state", session, state: STAGES[name] ?? "joined", verified: state.customer.verified };
}

/** For the answer to joining by code. */
export function troubleOf(status: number): Trouble {
  if (status === 401) return "token-refused";
  if (status === 403) return "not-allowed";
  if (status === 404 || status === 410) return "wrong-code";
  if (status === 409) return "session-full";
  return status === 429 ? "too-many" : "unreachable";
}
