// Who the customer is: asks the page for a contact token of its own website, and hands it over for as long as the session
// lives. What is in a token is between the website and the server.
import { problem, Refusal } from "./create.js";
import type { Authenticate, CustomerInPage, SiteEvents } from "./handover.js";
import { AUTHENTICATE_TIMEOUT_MS, CONTACT_EVERY_MS } from "./limits.js";

/** A running session's place at the server. */
export interface ContactDoor {
  base: string;
  token: string;
}

/** What the page's function gives: a token, or null where nobody is signed in. Rejects with a `Refusal`. */
export function askPage(authenticate: Authenticate): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const fail = (code: string) => {
      clearTimeout(timer);
      reject(new Refusal(code));
    };
    const timer = setTimeout(() => fail("authenticate-timeout"), AUTHENTICATE_TIMEOUT_MS);
    const done = (token?: unknown) => {
      clearTimeout(timer);
      if (token === undefined || token === null || token === "") resolve(null);
      else if (typeof token === "string") resolve(token);
      else fail("authenticate-failed");
    };
    const failed = () => fail("authenticate-failed");
    try {
      // It calls back, or gives a token by what it returns; anything else that it returns means nothing.
      const given = Promise.resolve(authenticate(done));
      given.then((token) => (typeof token === "string" || token === null) && done(token), failed);
    } catch {
      failed();
    }
  });
}

export class Contact {
  private asking = false;
  private askedAt = Number.NEGATIVE_INFINITY;
  private later: ReturnType<typeof setTimeout> | undefined;

  /** `door`: where to, as long as the session runs. */
  constructor(
    private readonly customer: CustomerInPage,
    private readonly door: () => ContactDoor | null,
    private readonly failed: (detail: SiteEvents["error"]) => void,
  ) {}

  /** For a session that is about to begin. */
  async first(): Promise<string | null> {
    this.askedAt = Date.now();
    const { authenticate } = this.customer;
    return authenticate ? askPage(authenticate) : null;
  }

  /** The server wants to hear it anew. */
  async renew(): Promise<void> {
    const { authenticate } = this.customer;
    if (this.asking || !authenticate || !this.door()) return;
    this.asking = true;
    this.askedAt = Date.now();
    try {
      const token = await askPage(authenticate);
      const door = this.door();
      if (door) await handOver(door, token);
    } catch (error) {
      this.failed({ code: error instanceof Refusal ? error.code : "unavailable" });
    } finally {
      this.asking = false;
    }
  }

  /** The page named its function, again perhaps, because somebody signed in or out. */
  named(): void {
    clearTimeout(this.later);
    this.later = setTimeout(() => void this.renew(), this.askedAt + CONTACT_EVERY_MS - Date.now());
  }
}

async function handOver({ base, token }: ContactDoor, contactToken: string | null): Promise<void> {
  const response = await fetch(`${base}api/v1/customer/contact`, {
    method: "POST",
    credentials: "omit",
    cache: "no-store",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ contactToken }),
  });
  if (!response.ok) throw new Refusal(await problem(response));
}
