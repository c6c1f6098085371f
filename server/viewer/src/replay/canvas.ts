// Canvas pictures. The page's drawing commands are never run: the server sends finished pictures. And a browser paints no
// canvas in a document where scripts are off, not even one that is drawn to from outside; so each canvas is given its
// picture as CSS content, which makes it an image of the canvas's own size.
import { LIMITS } from "../limits.ts";

export type CanvasPicture = { id: number; image: string };

const PICTURE = /^data:image\/(?:png|webp|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/;

const isPicture = (value: unknown): value is string => typeof value === "string" && PICTURE.test(value);

/** Reads the data of a custom event; `null` for one that is no canvas picture or holds anything but a plain picture. */
export function readCanvasPicture(data: unknown): CanvasPicture | null {
  const { tag, payload } = (data ?? {}) as { tag?: unknown; payload?: unknown };
  if (tag !== "vitrine.canvas") return null;
  const { id, image } = (payload ?? {}) as { id?: unknown; image?: unknown };
  return typeof id === "number" && isPicture(image) ? { id, image } : null;
}

export class CanvasPainter {
  /** The newest picture on its way to each canvas: an older one that loads late is not shown over it. */
  private readonly loading = new Map<HTMLCanvasElement, HTMLImageElement>();
  /** What each canvas shows, for when the page replaces its style. */
  private readonly shown = new WeakMap<Node, string>();

  /** A canvas has just been built, perhaps with the picture it had when the keyframe was made. */
  built(node: Node, attributes: Readonly<Record<string, unknown>>): void {
    if (!isCanvas(node)) return;
    this.show(node, empty(node));
    if (isPicture(attributes.rr_dataURL)) this.paint(node, attributes.rr_dataURL);
  }

  paint(node: Node | null, image: string): void {
    if (!node || !isCanvas(node)) return;
    if (!this.loading.has(node) && this.loading.size >= LIMITS.canvas_pictures_max) return;
    const picture = new Image();
    this.loading.set(node, picture);
    const done = (draw: boolean) => {
      if (this.loading.get(node) !== picture) return;
      this.loading.delete(node);
      if (draw) this.show(node, fitted(node, picture));
    };
    picture.onload = () => done(true);
    picture.onerror = () => done(false);
    picture.src = image;
  }

  /** The page changed this node's attributes, its style perhaps among them. */
  restyled(node: Node | null): void {
    const image = node && this.shown.get(node);
    if (image) this.show(node as HTMLCanvasElement, image);
  }

  destroy(): void {
    this.loading.clear();
  }

  private show(canvas: HTMLCanvasElement, image: string): void {
    this.shown.set(canvas, image);
    canvas.style.setProperty("content", `url("${image}")`, "important");
  }
}

const isCanvas = (node: Node): node is HTMLCanvasElement => node.nodeName === "CANVAS";

/** Nothing, of the canvas's size: it holds its place on the page before its first picture. */
function empty({ width, height }: HTMLCanvasElement): string {
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='${width}' height='${height}'/%3E`;
}

/** The picture in the canvas's size, which the page's layout counts on. Mostly it has that size already. */
function fitted(canvas: HTMLCanvasElement, picture: HTMLImageElement): string {
  const { width, height } = canvas;
  if (picture.naturalWidth === width && picture.naturalHeight === height) return picture.src;
  const copy = document.createElement("canvas");
  copy.width = width;
  copy.height = height;
  copy.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  return copy.toDataURL();
}
