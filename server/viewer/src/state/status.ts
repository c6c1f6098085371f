// Which state the session is in, as the agent reads it.
import type { Retry, StopCause } from "../net/close.ts";
import type { SessionState } from "./session.ts";
import { END_REASONS, STATE_WORDS, type StateName, type StateWords } from "./wording.ts";

export type Status = { name: StateName } & StateWords;

const STOPPED: Readonly<Record<StopCause, StateName>> = {
  "signed-out": "signed-out",
  denied: "denied",
  ended: "ended",
  idle: "idle",
  taken: "taken",
  full: "full",
  left: "ended",
};

const RETRYING: Readonly<Record<Retry, StateName>> = {
  plain: "reconnecting",
  fresh: "catching-up",
  draining: "draining",
  flood: "busy",
};

/** The states from which the agent can start over with one button. */
export const REOPENABLE: readonly StateName[] = ["idle", "taken", "full", "unshowable"];

/** The end of the line: only the agent can go on from here. */
export const isOver = ({ tone }: Status): boolean => tone === "quiet" || tone === "stop";

export function nameOf(state: SessionState): StateName {
  const { link, failure, customerState, shown, catchingUp } = state;
  if (failure) return failure;
  if (link.phase === "stopped") return STOPPED[link.cause];
  if (link.phase === "retrying") return RETRYING[link.retry];
  if (link.phase === "connecting") return "connecting";
  if (catchingUp || (shown && customerState === "waiting")) return "catching-up";
  if (customerState === "paused" || customerState === "away" || customerState === "stalled") return customerState;
  return shown ? "live" : "waiting";
}

export function describe(state: SessionState): Status {
  const name = nameOf(state);
  const words = STATE_WORDS[name];
  const detail = name === "ended" ? (END_REASONS[state.endReason] ?? "It can no longer be opened.") : words.detail;
  return { name, ...words, detail };
}

/** Whether what the agent does can reach anybody. */
export const canAct = ({ link, customerState }: SessionState): boolean =>
  link.phase === "open" && customerState !== "stalled";

export type Quality = "good" | "slow" | "lost" | "closed";

export function qualityOf(state: SessionState): Quality {
  if (state.link.phase === "stopped") return "closed";
  if (state.link.phase !== "open") return "lost";
  return (state.rtt_ms ?? 0) > 400 || (state.lag_ms ?? 0) > 1_500 ? "slow" : "good";
}
