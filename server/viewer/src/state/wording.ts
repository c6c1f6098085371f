// What the agent reads in each state: one title, one sentence, and whether the last picture is still true.
import type { What } from "./history.ts";

export type StateName =
  | "connecting"
  | "waiting"
  | "live"
  | "paused"
  | "away"
  | "stalled"
  | "reconnecting"
  | "draining"
  | "busy"
  | "catching-up"
  | "ended"
  | "denied"
  | "idle"
  | "taken"
  | "full"
  | "unsafe"
  | "unshowable"
  | "signed-out";
export type Tone = "good" | "busy" | "warn" | "stop" | "quiet";
/** `veil`: the words stand over the page. `bar`: the page stays clear and the words stand above it. */
export type StateWords = {
  tone: Tone;
  label: string;
  title: string;
  detail: string;
  place: "veil" | "bar" | "none";
};

export const STATE_WORDS: Readonly<Record<StateName, StateWords>> = {
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
    label: "Away",
    title: "The customer is away for the moment",
    detail: "Their page is loading, closed, or not one that can be shared. You see it as it was, until they are back.",
    place: "veil",
  },
  stalled: {
    tone: "warn",
    label: "Picture waits",
    title: "The picture waits",
    detail:
      "What the customer does is not reaching us for the moment. You see the page as it was; it goes on by itself.",
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
  full: {
    tone: "quiet",
    label: "Full",
    title: "This session is full",
    detail: "As many agents as it may have are watching. Try again when one of them has left.",
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

/** By the reason that the server gives. */
export const END_REASONS: Readonly<Record<string, string>> = {
  customer: "The customer stopped sharing.",
  agent: "An agent ended it.",
  idle: "Nothing happened for a long time.",
  duration: "It reached the longest time that a session may take.",
  "customer-lost": "The customer did not come back.",
  shutdown: "The server was stopped.",
  "server-failure": "Something failed on the server. Ask the customer to share again.",
};

/** A line of the log, of a name, an address or an ending. */
export const LOG_WORDS: Readonly<Record<What, (who: string) => string>> = {
  here: (who) => (who === "You" ? "You joined" : `${who} was already here`),
  joined: (who) => `${who} joined`,
  left: (who) => `${who} left`,
  page: (address) => address,
  lost: () => "Connection lost",
  back: () => "Connection back",
  paused: () => "The customer paused",
  resumed: () => "The customer went on",
  away: () => "The customer is away",
  stalled: () => "The picture waits",
  flowing: () => "The picture goes on",
  returned: () => "The customer is back",
  verified: (who) => (who ? `The customer is verified as ${who}` : "The customer is verified"),
  unverified: () => "The customer is not verified any more",
  over: (how) => how,
};
