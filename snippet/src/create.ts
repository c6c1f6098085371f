// Asks the server for a session.
import { CODE_LIFE_MAX_MS, CREATE_TIMEOUT_MS, URL_CHARS } from "./limits.js";
import type { Saved } from "./storage.js";
import type { Created } from "./wire.js";

/** The server's answer when it is not a session: its problem's own name, or the status. */
export class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** By `contactToken` the site vouches for its customer. Rejects with a `Refusal`, or with whatever the network said. */
export async function createSession(base: string, site: string, contactToken: string | null): Promise<Saved> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), CREATE_TIMEOUT_MS);
  try {
    const response = await fetch(`${base}api/v1/sessions`, {
      method: "POST",
      credentials: "omit",
      cache: "no-store",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        site,
        page: { url: pageUrl(), title: document.title },
        ...(contactToken && { contactToken }),
      }),
      signal: abort.signal,
    });
    if (response.status !== 201) throw new Refusal(await problem(response));
    return asSaved(base, site, await response.json());
  } finally {
    clearTimeout(timer);
  }
}

function asSaved(base: string, site: string, created: Created): Saved {
  const socket = new URL(created.socket, base);
  socket.protocol = socket.protocol.replace("http", "ws");
  return {
    base,
    site,
    session: created.session,
    token: created.token,
    socket: socket.href,
    tab: randomId(),
    epoch: 0,
    joinCode: created.joinCode,
    codeUntil: codeUntil(created.expiresAt, Date.now()),
    paused: false,
  };
}

/** Null where this computer's clock and the server's cannot both be right: better no countdown than a false one. */
export function codeUntil(expiresAt: string | number, now: number): number | null {
  const until = typeof expiresAt === "number" ? expiresAt : Date.parse(expiresAt);
  return until > now && until < now + CODE_LIFE_MAX_MS ? until : null;
}

export function pageUrl(): string {
  return location.href.slice(0, URL_CHARS);
}

export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function problem(response: Response): Promise<string> {
  try {
    const { type } = await response.json();
    return String(type).split(/[/:#]/).pop() || `http-${response.status}`;
  } catch {
    return `http-${response.status}`;
  }
}
