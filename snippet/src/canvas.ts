// Pictures of canvases, twice a second where they changed, in the form that rrweb's own sampler has. That one needs a
// worker made from a blob, which a site's policy may forbid, and changes how the page's own WebGL draws; this one needs
// nothing and touches nothing.
import { CANVAS_EVERY_MS, CANVAS_PICTURE_BYTES } from "./limits.js";
import type { Masker } from "./mask.js";
import type { PageEvent } from "./wire.js";

interface Mirror {
  getId(node: Node): number;
}

export interface CanvasWatch {
  /** Sends every picture again: a full snapshot holds none. */
  again(): void;
  stop(): void;
}

export function watchCanvases(masker: Masker, mirror: Mirror, emit: (event: PageEvent) => void): CanvasWatch {
  let last = new WeakMap<HTMLCanvasElement, string>();
  const busy = new WeakSet<HTMLCanvasElement>();

  async function look(canvas: HTMLCanvasElement): Promise<void> {
    const id = mirror.getId(canvas);
    if (id <= 0 || !canvas.width || !canvas.height || busy.has(canvas) || masker.coversNow(canvas)) return;
    busy.add(canvas);
    const base64 = await picture(canvas);
    busy.delete(canvas);
    if (!base64 || last.get(canvas) === base64) return;
    last.set(canvas, base64);
    emit(asEvent(id, canvas, base64));
  }

  const timer = setInterval(() => {
    if (document.hidden) return;
    for (const canvas of document.querySelectorAll("canvas")) void look(canvas).catch(() => busy.add(canvas));
  }, CANVAS_EVERY_MS);
  return {
    again: () => {
      last = new WeakMap();
    },
    stop: () => clearInterval(timer),
  };
}

/** Rejects where the canvas holds another site's picture; such a canvas is not looked at again. */
function picture(canvas: HTMLCanvasElement): Promise<string | null> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (!blob || blob.size > CANVAS_PICTURE_BYTES) return resolve(null);
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result).split(",")[1] ?? null);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    }, "image/png");
  });
}

function asEvent(id: number, { width, height }: HTMLCanvasElement, base64: string): PageEvent {
  const blob = { rr_type: "Blob", data: [{ rr_type: "ArrayBuffer", base64 }], type: "image/png" };
  const commands = [
    { property: "clearRect", args: [0, 0, width, height] },
    { property: "drawImage", args: [{ rr_type: "ImageBitmap", args: [blob] }, 0, 0] },
  ];
  return { type: 3, data: { source: 9, id, type: 0, commands }, timestamp: Date.now() };
}
