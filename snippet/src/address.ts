// A script may give the page another address without loading one. The server's rules go by address, and rrweb tells it
// only with a full snapshot.
import { pageUrl } from "./create.js";
import type { PageEvent } from "./wire.js";

const META = 4;

export class AddressWatch {
  private known = location.href;
  private readonly listening = new AbortController();

  constructor(private readonly emit: (event: PageEvent) => void) {
    // Where a browser has no such event, the next change of the page tells.
    window.navigation?.addEventListener("currententrychange", () => this.look(), { signal: this.listening.signal });
  }

  /** To be called before an event leaves, so that it is judged by the rules of the address that it belongs to. */
  look(): void {
    if (location.href === this.known) return;
    this.known = location.href;
    const data = { href: pageUrl(), width: innerWidth, height: innerHeight };
    this.emit({ type: META, data, timestamp: Date.now() });
  }

  stop(): void {
    this.listening.abort();
  }
}
