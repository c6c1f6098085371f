// Sends the server a picture, font or style sheet that only this browser can get: what stands behind the customer's login,
// in her network, or was made by the page itself. Nothing else is ever fetched or sent, and no page.
import { ASSET_BYTES_MAX, ASSET_TIMEOUT_MS, ASSETS_MAX } from "./limits.js";
import type { AssetRequest } from "./wire.js";

/** What an answer must say that it is, so that a login page is not taken for a picture. */
const TYPES: Readonly<Record<string, RegExp>> = {
  image: /^image\//i,
  font: /^(font\/|application\/([a-z.-]*(font|opentype)[a-z0-9-]*|octet-stream)|binary\/octet-stream)/i,
  style: /^text\/css/i,
};

export interface AssetDoor {
  base: string;
  token: string;
}

export class AssetSender {
  private asked = 0;

  /** `sent` is called for each one that the server took. */
  constructor(private readonly sent: () => void) {}

  /** Answers a request: with the asset, or with nothing. */
  async answer({ request, url, kind, bytes_max }: AssetRequest, { base, token }: AssetDoor): Promise<void> {
    this.asked += 1;
    const found = this.asked > ASSETS_MAX ? null : await fetchAsset(url, kind, Math.min(bytes_max, ASSET_BYTES_MAX));
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (found) headers["content-type"] = found.type;
    try {
      const address = `${base}api/v1/customer/assets/${Number(request)}`;
      const options = { method: "POST", credentials: "omit", cache: "no-store", headers } as const;
      const response = await fetch(address, { ...options, body: found?.body ?? null });
      if (found && response.ok) this.sent();
    } catch {
      // The server waits no longer than it wants to.
    }
  }
}

interface Found {
  type: string;
  body: Blob;
}

async function fetchAsset(address: string, kind: string, bytesMax: number): Promise<Found | null> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ASSET_TIMEOUT_MS);
  try {
    const url = new URL(address);
    const ofPage = url.origin === location.origin;
    const allowed = url.protocol === "https:" || url.protocol === "http:" || (url.protocol === "blob:" && ofPage);
    if (!allowed || url.username || url.password || !TYPES[kind]) return null;
    const ask = (credentials: RequestCredentials) =>
      fetch(url.href, { credentials, cache: "force-cache", signal: abort.signal });
    // As the page itself gets it. Another origin gives it to this page only if it wants to, often to nobody in particular.
    const response = await ask("include").catch((error) => (ofPage ? Promise.reject(error) : ask("omit")));
    const type = response.headers.get("content-type") ?? "";
    if (!response.ok || !TYPES[kind].test(type)) return null;
    const body = await readBounded(response, bytesMax);
    return body?.size ? { type, body } : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

/** The body, unless it is longer than that. */
async function readBounded(response: Response, bytesMax: number): Promise<Blob | null> {
  const reader = response.body?.getReader();
  const pieces: BlobPart[] = [];
  for (let bytes = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > bytesMax) return null;
    pieces.push(value);
  }
  return new Blob(pieces);
}
