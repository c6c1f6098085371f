// Sends frames over one socket in the order they were given, large ones compressed.
import { GZIP_FROM_BYTES } from "./limits.js";

export class Outbox {
  private readonly waiting: { json: string }[] = [];
  private pumping = false;

  constructor(private readonly socket: WebSocket) {}

  send(json: string): void {
    this.waiting.push({ json });
    if (!this.pumping) void this.pump();
  }

  /** Sends what still waits for compression as it is: the page is about to go. */
  flushNow(): void {
    for (const { json } of this.waiting.splice(0)) this.put(json);
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      const frame = worthCompressing(next.json) ? await gzip(next.json) : next.json;
      if (this.waiting[0] !== next) continue;
      this.waiting.shift();
      this.put(frame);
    }
    this.pumping = false;
  }

  /** A socket that just closed drops it; whoever sent it sends it again after the next `welcome`. */
  private put(frame: string | ArrayBuffer): void {
    try {
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
    } catch {
      // Closed in between.
    }
  }
}

function worthCompressing(json: string): boolean {
  return json.length >= GZIP_FROM_BYTES && typeof CompressionStream === "function";
}

async function gzip(json: string): Promise<string | ArrayBuffer> {
  try {
    const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
    return await new Response(stream).arrayBuffer();
  } catch {
    return json;
  }
}
