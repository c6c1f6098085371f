// How large the page is shown: as large as fits, or a chosen share of its true size.
import type { Size } from "../replay/picture.ts";
import { Icon } from "./icons.tsx";

export type Zoom = "fit" | number;

const STEPS = [0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2];

/** Fitting only ever makes a page smaller: nothing is gained by blurring a small one. */
export function scaleFor(zoom: Zoom, page: Size, room: Size): number {
  if (zoom !== "fit") return zoom;
  if (page.width <= 0 || page.height <= 0 || room.width <= 0 || room.height <= 0) return 1;
  return Math.min(1, room.width / page.width, room.height / page.height);
}

export function stepZoom(scale: number, direction: 1 | -1): number {
  const beyond = STEPS.filter((step) => (direction === 1 ? step > scale + 0.005 : step < scale - 0.005));
  return (direction === 1 ? beyond[0] : beyond.at(-1)) ?? scale;
}

/** The chosen size and the scale that comes of it, and how to change or report them. */
export type Sizing = {
  zoom: Zoom;
  scale: number;
  change: (zoom: Zoom) => void;
  scaled: (scale: number) => void;
  step: (by: 1 | -1) => void;
};

export function ZoomControls({ zoom, scale, change, step }: Sizing) {
  return (
    <fieldset class="zoom" aria-label="Size of the page">
      <button type="button" class="button" aria-pressed={zoom === "fit"} onClick={() => change("fit")}>
        Fit
      </button>
      <button type="button" class="button" aria-pressed={zoom === 1} onClick={() => change(1)}>
        100 %
      </button>
      <button type="button" class="button only-icon" aria-label="Smaller" onClick={() => step(-1)}>
        <Icon name="minus" />
      </button>
      <output class="zoom-value" aria-label="Shown at">
        {Math.round(scale * 100)} %
      </output>
      <button type="button" class="button only-icon" aria-label="Larger" onClick={() => step(1)}>
        <Icon name="plus" />
      </button>
    </fieldset>
  );
}
