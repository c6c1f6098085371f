// All that the customer reads while sharing. Plain, calm, and what to do next.
import type { ConsentKind, Mode } from "../wire.js";

export const MODE: Readonly<Record<Mode, string>> = {
  view: "can see",
  pointer: "can see and point",
  control: "can help fill in",
};

export const CAN_DO: Readonly<Record<Mode, string>> = {
  view: "The agent can see this page.",
  pointer: "The agent can see this page and point at it.",
  control: "The agent can help fill in this page. You see everything they do.",
};

export const ASKS: Readonly<Record<ConsentKind, (agent: string) => [title: string, detail: string]>> = {
  view: (agent) => [`${agent} asks to see this page`, "Passwords, card details and hidden fields stay hidden."],
  control: (agent) => [
    `${agent} asks to help fill in this page`,
    "They cannot see or touch passwords and card fields. You see everything they do.",
  ],
  navigate: (agent) => [`${agent} asks to open another page for you`, "You stay on this website and see the page too."],
  action: (agent) => [`${agent} asks to press something for you`, "It happens once, and you see it."],
};

/** Why it is over; any other reason needs no sentence. */
export const ENDED: Readonly<Record<string, string>> = {
  customer: "You stopped sharing. Nobody sees this page now.",
  agent: "The agent ended it. Nobody sees this page now.",
  idle: "Nothing happened for a while. Nobody sees this page now.",
  duration: "The time for one session is over. You can start again at any time.",
  "customer-lost": "The connection was lost for too long. You can start again at any time.",
  shutdown: "The service is being restarted. You can start again at any time.",
  "server-failure": "Something failed at our end. Nobody sees this page now. You can start again at any time.",
  lost: "The connection could not be made again. You can start again at any time.",
  left: "You left the page that you shared.",
  "no-session": "The session is no longer open. You can start again at any time.",
  "not-authenticated": "The session is no longer open. You can start again at any time.",
};
/** Why it never began. */
export const FAILED: Readonly<Record<string, string>> = {
  failed: "Please try again in a moment.",
  "not-identified": "This website could not confirm who you are. Please try again in a moment.",
  "contact-required": "Please sign in to this website first, then share the page.",
};
export const ENDED_OTHERWISE = "Nobody sees this page now.";

export const WORDS = {
  readCode: "Read this code to the agent",
  readCodeToAnother: "Read this code to another agent",
  connecting: "Connecting…",
  connectingDetail: "This takes a moment",
  goodFor: (time: string) => `Good for ${time}`,
  codeOver: "This code is no longer good.",
  newCode: "New code",
  copy: "Copy",
  copied: "Copied",
  hideCode: "Hide",
  showCode: "Show code",
  code: "Code",
  codeForAnother: "Code for another agent",
  waiting: "Waiting for the agent",
  nobodyYet: "Nobody sees this page yet",
  visible: "The agent sees this page once they have entered the code.",
  visibleToo: "They see this page too once they have entered the code.",
  thisPageOnly: "Sharing ends when you leave this page.",
  sharingWith: (names: string) => `Sharing with ${names}`,
  and: (first: string, rest: string) => `${first} and ${rest}`,
  others: (count: number) => `${count} others`,
  paused: "Sharing is paused",
  pausedDetail: "The agent sees nothing new",
  lost: "Connection lost, trying again",
  lostDetail: "The page stays as it is",
  elsewhere: "You are sharing another tab",
  hereInstead: "Share this tab instead",
  tooLarge: "This page is too large to share",
  tooLargeDetail: "The agent still sees the one before",
  pause: "Pause",
  resume: "Resume",
  stop: "Stop",
  stopSharing: "Stop sharing",
  move: "Move to another corner",
  escape: "Press Escape again to stop sharing",
  allow: "Allow",
  notNow: "Not now",
  endedTitle: "Sharing has ended",
  close: "Close",
  failedTitle: "Sharing is not available right now",
  tryAgain: "Try again",
  joined: (name: string) => `${name} can see this page now`,
  left: (name: string) => `${name} has left`,
  sent: (count: number) => `Pictures sent from your browser: ${count}`,
  stillSharing: "You are still sharing this page",
};

/** "Ann", "Ann and Ben", "Ann and 2 others". Ann at two screens is one Ann. */
export function nameAll(names: string[]): string {
  const each = [...new Set(names)];
  const [first = "", second = ""] = each;
  if (each.length < 2) return first;
  return WORDS.and(first, each.length === 2 ? second : WORDS.others(each.length - 1));
}
