// The server's HTTP interface, as this page uses it. Addresses are relative to the page, so a base path needs no setting.
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
export type Ticket = { ticket: string; expiresAt: string };

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
  me: () => request<Agent | undefined>("GET", "agent/me?optional=true"),
  login: (name: string, password: string) => request<void>("POST", "agent/login", { name, password }),
  logout: () => request<void>("POST", "agent/logout", {}),
  sessions: () => request<{ sessions: SessionEntry[] }>("GET", "sessions"),
  join: (joinCode: string) => request<{ session: string }>("POST", "sessions/join", { joinCode }),
  ticket: (session: string) => request<Ticket>("POST", `sessions/${encodeURIComponent(session)}/ticket`, {}),
};

/** Where a session's socket is: the same place as the interface, by the secure scheme where the page has it. */
export function socketAddress(session: string): string {
  const address = new URL(`sessions/${encodeURIComponent(session)}/socket`, base());
  address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
  return address.href;
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  const text = await response.text().catch(() => "");
  if (response.ok) return (text === "" ? undefined : parse(text)) as T;
  throw new ApiError(response.status, retryAfter(response));
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(new URL(path, base()), {
      method,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
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
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
