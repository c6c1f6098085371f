// Whether two pictures of a screen are alike: decoded and compared point by point in a browser, as a browser can both.
import type { Browser } from "playwright-core";

/** A point differs where any colour of it differs by more: less is the edge of a letter or a curve, drawn on another layer. */
const SHADES = 24;

/** The share of points that are the same, 0 to 1. Pictures of different size have none in common. */
export async function alike(browser: Browser, one: Buffer, other: Buffer): Promise<number> {
  const page = await browser.newPage();
  try {
    const pictures = [one, other].map((png) => `data:image/png;base64,${png.toString("base64")}`);
    return await page.evaluate(share, { pictures, shades: SHADES });
  } finally {
    await page.close();
  }
}

/** Runs in the browser. */
async function share({ pictures, shades }: { pictures: string[]; shades: number }): Promise<number> {
  const points = async (address: string): Promise<ImageData> => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, picture.width, picture.height);
  };
  const [one, other] = await Promise.all(pictures.map(points));
  if (!one || !other || one.width !== other.width || one.height !== other.height) return 0;
  let same = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    const isFar = [0, 1, 2].some((colour) => {
      return Math.abs((one.data[at + colour] ?? 0) - (other.data[at + colour] ?? 0)) > shades;
    });
    if (!isFar) same += 1;
  }
  return same / (one.data.length / 4);
}
