// Which state the session is in, as the agent reads it: one title, one sentence, and whether the last picture is still true.
import type { StopCause } from "../net/close.ts";
import type { SessionState } from "./session.ts";

export type StateName =
  | "connecting"
  | "waiting"
  | "live"
  | "paused"
  | "away"
  | "reconnecting"
  | "draining"
  | "busy"
  | "catching-up"
  | "ended"
  | "denied"
  | "idle"
  | "taken"
  | "unsafe"
  | "unshowable"
  | "signed-out";
export type Tone = "good" | "busy" | "warn" | "stop" | "quiet";
/** `veil`: the words stand over the page. `bar`: the page stays clear and the words stand above it. */
export type Status = {
  name: StateName;
  tone: Tone;
  label: string;
  title: string;
  detail: string;
  place: "veil" | "bar" | "none";
};

type Words = Omit<Status, "name">;

const WORDS: Readonly<Record<StateName, Words>> = {
  connecting: {
    tone: "busy",
    label: "Connecting",
    title: "Connecting",
    detail: "Opening the session.",
    place: "veil",
  },
  waiting: {
    tone: "busy",
    label: "Waiting",
    title: "Waiting for the customer",
    detail: "Their page will appear here as soon as it arrives. You do not need to do anything.",
    place: "veil",
  },
  live: { tone: "good", label: "Live", title: "Live", detail: "", place: "none" },
  paused: {
    tone: "warn",
    label: "Paused",
    title: "Paused by the customer",
    detail: "You see the page as it was. It goes on when the customer resumes.",
    place: "veil",
  },
  away: {
    tone: "warn",
    label: "Not shared",
    title: "The customer is on a page that cannot be shared",
    detail: "You see the last page they shared. It goes on when they come back to it.",
    place: "veil",
  },
  reconnecting: {
    tone: "warn",
    label: "Reconnecting",
    title: "Reconnecting",
    detail: "The connection was lost. You see the page as it was; it will catch up by itself.",
    place: "veil",
  },
  draining: {
    tone: "warn",
    label: "Server restarting",
    title: "The server is restarting",
    detail: "The session goes on in a moment. You do not need to do anything.",
    place: "veil",
  },
  busy: {
    tone: "warn",
    label: "Waiting",
    title: "Too much at once",
    detail: "The server asked this page to slow down. It tries again in a few seconds.",
    place: "veil",
  },
  "catching-up": {
    tone: "busy",
    label: "Catching up",
    title: "Catching up",
    detail: "Fetching the page as it is now.",
    place: "bar",
  },
  ended: { tone: "quiet", label: "Ended", title: "This session has ended", detail: "", place: "veil" },
  denied: {
    tone: "stop",
    label: "Not allowed",
    title: "You cannot open this session",
    detail: "Ask the customer for a new code, or someone who may give you access.",
    place: "veil",
  },
  idle: {
    tone: "quiet",
    label: "Closed",
    title: "Closed after a long silence",
    detail: "Nothing happened here for a long time. The session may still be open.",
    place: "veil",
  },
  taken: {
    tone: "quiet",
    label: "Open elsewhere",
    title: "This session is open in another window",
    detail: "Go on there, or open it again here.",
    place: "veil",
  },
  unsafe: {
    tone: "stop",
    label: "Stopped",
    title: "This page cannot be shown safely",
    detail: "The browser did not seal the customer's page off as it must. Nothing was shown. Use a current browser.",
    place: "veil",
  },
  unshowable: {
    tone: "stop",
    label: "Stopped",
    title: "This page cannot be shown",
    detail: "It failed several times in a row. The customer is not affected.",
    place: "veil",
  },
  "signed-out": {
    tone: "quiet",
    label: "Signed out",
    title: "Please sign in again",
    detail: "Your sign-in has run out.",
    place: "veil",
  },
};

const STOPPED: Readonly<Record<StopCause, StateName>> = {
  "signed-out": "signed-out",
  denied: "denied",
  ended: "ended",
  idle: "idle",
  taken: "taken",
  left: "ended",
};

const END_REASONS: Readonly<Record<string, string>> = {
  customer: "The customer stopped sharing.",
  agent: "An agent ended it.",
  idle: "Nothing happened for a long time.",
  expired: "It reached the longest time that a session may take.",
  shutdown: "The server was stopped.",
};

/** The states from which the agent can start over with one button. */
export const REOPENABLE: readonly StateName[] = ["idle", "taken", "unshowable"];

/** The end of the line: only the agent can go on from here. */
export const isOver = ({ tone }: Status): boolean => tone === "quiet" || tone === "stop";

export function nameOf(state: SessionState): StateName {
  const { link, failure, customerState, shown, catchingUp } = state;
  if (failure) return failure;
  if (link.phase === "stopped") return STOPPED[link.cause];
  if (link.phase === "retrying")
    return { plain: "reconnecting", fresh: "catching-up", draining: "draining", flood: "busy" }[
      link.retry
    ] as StateName;
  if (link.phase === "connecting") return "connecting";
  if (catchingUp) return "catching-up";
  if (customerState === "paused" || customerState === "away") return customerState;
  return shown ? "live" : "waiting";
}

export function describe(state: SessionState): Status {
  const name = nameOf(state);
  const words = WORDS[name];
  const detail = name === "ended" ? (END_REASONS[state.endReason] ?? "It can no longer be opened.") : words.detail;
  return { name, ...words, detail };
}

export type Quality = "good" | "slow" | "lost" | "closed";

export function qualityOf(state: SessionState): Quality {
  if (state.link.phase === "stopped") return "closed";
  if (state.link.phase !== "open") return "lost";
  return (state.rtt_ms ?? 0) > 400 || (state.lag_ms ?? 0) > 1_500 ? "slow" : "good";
}
