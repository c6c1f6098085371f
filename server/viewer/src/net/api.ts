// The server's HTTP interface, as this page uses it. Addresses are relative to the page, so a base path needs no setting.
import { LIMITS } from "../limits.ts";
import type { Customer } from "./wire.ts";

export type Agent = { name: string; roles: string[]; privileges: string[]; joinCodeLength?: number };
export type SessionEntry = {
  session: string;
  site: string;
  state: string;
  startedAt: string | number;
  joined: boolean;
  page?: { url: string; title: string };
  customer?: Customer;
  agents: string[];
};
/** What there is to sign in with: a name and a password, and a provider by what its button says. */
export type Ways = { password: boolean; provider?: string };
export type Ticket = { ticket: string; expiresAt: string };

/** Says who asks, where the browser's login cookie does not: in a frame of another website. */
export interface Proof {
  /** An agent token; empty where there is none. */
  current(): Promise<string>;
  /** Another one, after the server refused this. */
  instead(refused: string): Promise<string>;
  gotTicket(): void;
  /** A ticket for the same session is about to be asked for again. */
  reconnects(): Promise<void>;
}

let proof: Proof | null = null;

/** From now on every request carries this, and none counts on a cookie. */
export function proveWith(given: Proof): void {
  proof = given;
}

/** `status` 0: the server could not be reached. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    readonly status: number,
    readonly retryAfterMs = 0,
  ) {
    super(`answer ${status}`);
  }
}

const base = () => new URL("../api/v1/", document.baseURI);

export const api = {
  /** `undefined` where nobody is signed in. */
  me: () => request<Agent | undefined>("GET", proof ? "agent/me" : "agent/me?optional=true"),
  /** Origins of the pages that may show this one in a frame. */
  frameAncestors: () => request<{ frameAncestors: string[] }>("GET", "agent/frame-ancestors"),
  login: (name: string, password: string) => request<void>("POST", "agent/login", { name, password }),
  ways: () => request<Ways>("GET", "agent/sign-in"),
  /** `provider`: where to go to be signed out there, too. */
  logout: () => request<{ provider: string } | undefined>("POST", "agent/logout", {}),
  sessions: () => request<{ sessions: SessionEntry[] }>("GET", "sessions"),
  join: (joinCode: string) => request<{ session: string }>("POST", "sessions/join", { joinCode }),
  ticket: async (session: string, isAgain: boolean, patience_ms: number) => {
    if (isAgain) await proof?.reconnects();
    const ticket = await request<Ticket>("POST", `sessions/${encodeURIComponent(session)}/ticket`, {}, patience_ms);
    proof?.gotTicket();
    return ticket;
  },
};

/** Where the way to the provider begins. */
export const providerAddress = (): string => new URL("agent/oidc/login", base()).href;

/** Where a session's socket is: the same place as the interface, by the secure scheme where the page has it. */
export function socketAddress(session: string): string {
  const address = new URL(`sessions/${encodeURIComponent(session)}/socket`, base());
  address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
  return address.href;
}

async function request<T>(method: string, path: string, body?: unknown, patience_ms?: number): Promise<T> {
  const ask = (proven: Record<string, string>) => send(method, path, body, proven, patience_ms);
  const response = await (proof ? sendWith(proof, ask) : ask({}));
  const text = await response.text().catch(() => "");
  if (response.ok) return (text === "" ? undefined : parse(text)) as T;
  throw new ApiError(response.status, retryAfter(response));
}

/** A token that the server does not take may have run out on the way: one more try, with another. */
async function sendWith(given: Proof, ask: (proven: Record<string, string>) => Promise<Response>): Promise<Response> {
  const token = await given.current();
  const response = await ask(bearer(token));
  return response.status === 401 ? ask(bearer(await given.instead(token))) : response;
}

function bearer(token: string): Record<string, string> {
  if (token === "") throw new ApiError(0);
  return { Authorization: `Bearer ${token}` };
}

async function send(
  method: string,
  path: string,
  body: unknown,
  proven: Record<string, string>,
  patience_ms: number = LIMITS.request_max_ms,
): Promise<Response> {
  try {
    return await fetch(new URL(path, base()), {
      method,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(patience_ms),
      headers: {
        Accept: "application/json",
        ...proven,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, LIMITS.retry_after_max_ms) : 0;
}
