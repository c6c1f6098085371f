// What the loader gives to the recorder, and the only way from one bundle to the other.
import type { Saved } from "./storage.js";
import type { Shell } from "./ui/shell.js";

export type SharingState = "starting" | "waiting" | "sharing" | "paused" | "reconnecting" | "elsewhere" | "ended";

/** What a website can listen to with `vitrine('on', name, callback)`. */
export interface SiteEvents {
  code: { code: string; expiresAt: number | null };
  state: { state: SharingState };
  ended: { reason: string };
  error: { code: string };
}

/** A site's function that gets a contact token: calls back with it, or gives it as a promise. None: nobody is signed in. */
export type Authenticate = (done: (token?: string | null) => void) => unknown;

/** What the page has said of its customer so far. */
export interface CustomerInPage {
  authenticate?: Authenticate | undefined;
  /** As JSON. */
  attributes?: string | undefined;
}

export interface Handover {
  /** Where the server is, with its base path and a slash at the end. */
  base: string;
  site: string;
  shell: Shell;
  customer: CustomerInPage;
  /** A session that an earlier page of this tab began. */
  saved: Saved | null;
  tell<Name extends keyof SiteEvents>(name: Name, detail: SiteEvents[Name]): void;
  /** The sharing is over and its last message is closed: the launch button may come back. */
  done(): void;
  /** Begin anew, with a session and a code of its own. */
  again(): void;
}

export interface Running {
  stop(): void;
  /** The page said something new of its customer. */
  told(what: keyof CustomerInPage): void;
}

export type Start = (handover: Handover) => Running;

/** The script element carries the hand-over, so no global name is taken. */
export interface RecorderScript extends HTMLScriptElement {
  vitrine?: (start: Start) => void;
}
