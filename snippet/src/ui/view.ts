// What the customer is shown, and what she can do about it.
import type { SharingState } from "../handover.js";
import type { Agent, Mode } from "../wire.js";

export interface View {
  state: SharingState;
  agents: Agent[];
  mode: Mode;
  code: string;
  /** When the code stops being good, in ms since 1970; null if unknown. */
  codeUntil: number | null;
  /** Whether the session outlives this page. */
  keepsOverPages: boolean;
  tooLarge: boolean;
  /** Pictures, fonts and style sheets that were sent from this browser because only it could get them. */
  sent: number;
  /** Why it ended, or an error's code. */
  reason: string;
}

export interface Actions {
  stop(): void;
  pause(): void;
  resume(): void;
  newCode(): void;
  hereInstead(): void;
  answer(request: string | number, granted: boolean): void;
  close(): void;
}
