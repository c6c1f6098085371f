// What this page and the one around it say to each other. docs/EMBED.md tells it to who builds the other side.

/** In every message, in both directions. Another number is another language. */
export const VERSION = 1;

/** Why a token is wanted: none yet; the one held runs out; the server refused it; the connection was lost. */
export type TokenReason = "start" | "expiring" | "refused" | "reconnect";
/** `joined`: in the session, without a picture for the moment. `watching`: with one. */
export type Stage = "joined" | "watching" | "ended";
export type Trouble =
  | "token-missing"
  | "token-refused"
  | "wrong-code"
  | "not-allowed"
  | "session-full"
  | "too-many"
  | "open-elsewhere"
  | "idle"
  | "cannot-show"
  | "unreachable";

/** Never a word of the customer's page, nor of what is known about her. */
export type ToPage =
  | { type: "ready" }
  | { type: "token-wanted"; reason: TokenReason }
  | { type: "state"; session: string; state: Stage; verified: boolean }
  | { type: "error"; error: Trouble }
  | { type: "closed"; session: string };

export type FromPage =
  | { type: "token"; token: string }
  | { type: "join"; joinCode: string }
  | { type: "open"; session: string }
  | { type: "leave" };

const TOKEN_CHARS_MAX = 4096;

type Field = { name: string; form: RegExp };

/** By type, the one field that stands beside it. */
const FORMS: ReadonlyMap<unknown, Field | null> = new Map([
  ["token", { name: "token", form: /^[\w-]+\.[\w-]+\.[\w-]+$/ }],
  ["join", { name: "joinCode", form: /^[\d -]{1,40}$/ }],
  ["open", { name: "session", form: /^[\w-]{1,64}$/ }],
  ["leave", null],
]);

/** Reads what a page sent. `null`: not one of ours to the letter, and nothing comes of it. */
export function readFromPage(data: unknown): FromPage | null {
  if (typeof data !== "object" || data === null || Object.getPrototypeOf(data) !== Object.prototype) return null;
  const fields = new Map<string, unknown>(Object.entries(data));
  const type = fields.get("type");
  const field = FORMS.get(type);
  if (fields.get("vitrine") !== VERSION || field === undefined) return null;
  if (field === null) return fields.size === 2 ? { type: "leave" } : null;
  const value = fields.get(field.name);
  if (fields.size !== 3 || typeof value !== "string" || value.length > TOKEN_CHARS_MAX) return null;
  return field.form.test(value) ? ({ type, [field.name]: value } as FromPage) : null;
}
