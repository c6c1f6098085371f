// Canvas pictures. The page's drawing commands are never run: the server sends finished pictures, and they are drawn here.
import { LIMITS } from "../limits.ts";

export type CanvasPicture = { id: number; image: string };

const PICTURE = /^data:image\/(?:png|webp|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/;

/** Reads the data of a custom event; `null` for one that is no canvas picture or holds anything but a plain picture. */
export function readCanvasPicture(data: unknown): CanvasPicture | null {
  const { tag, payload } = (data ?? {}) as { tag?: unknown; payload?: unknown };
  if (tag !== "vitrine.canvas") return null;
  const { id, image } = (payload ?? {}) as { id?: unknown; image?: unknown };
  if (typeof id !== "number" || typeof image !== "string" || !PICTURE.test(image)) return null;
  return { id, image };
}

export class CanvasPainter {
  /** The newest picture of each canvas: an older one that loads late is not drawn over it. */
  private readonly newest = new Map<number, HTMLImageElement>();

  constructor(private readonly find: (id: number) => Node | null) {}

  paint({ id, image }: CanvasPicture): void {
    if (!this.newest.has(id) && this.newest.size >= LIMITS.canvas_pictures_max) return;
    const picture = new Image();
    this.newest.set(id, picture);
    const done = (draw: boolean) => {
      if (this.newest.get(id) !== picture) return;
      this.newest.delete(id);
      if (draw) this.draw(id, picture);
    };
    picture.onload = () => done(true);
    picture.onerror = () => done(false);
    picture.src = image;
  }

  destroy(): void {
    this.newest.clear();
  }

  private draw(id: number, picture: HTMLImageElement): void {
    const node = this.find(id);
    if (node?.nodeName !== "CANVAS") return;
    const canvas = node as HTMLCanvasElement;
    const brush = canvas.getContext("2d");
    brush?.clearRect(0, 0, canvas.width, canvas.height);
    brush?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
}
