// Frames in, decoded values out, in order: a compressed frame takes a moment, and the next must not overtake it.
import { LIMITS } from "../limits.ts";

export class FrameError extends Error {
  override name = "FrameError";
}

export class FrameReader {
  private tail: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly take: (value: unknown) => void,
    private readonly refuse: (error: unknown) => void,
  ) {}

  push(data: string | ArrayBuffer): void {
    this.tail = this.tail.then(async () => {
      if (this.closed) return;
      try {
        const text = typeof data === "string" ? data : await unzip(data, LIMITS.frame_bytes_max);
        if (!this.closed) this.take(JSON.parse(text));
      } catch (error) {
        if (!this.closed) this.refuse(error);
      }
    });
  }

  close(): void {
    this.closed = true;
  }
}

/** Decompresses gzip up to `bytes_max`, and stops there, however much more would follow. */
export async function unzip(data: ArrayBuffer, bytes_max: number): Promise<string> {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > bytes_max) {
      await reader.cancel();
      throw new FrameError("frame too large");
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join("");
}
