// Everything on the page that changes by itself runs from here, so that one button can pause it all.

import { keeper } from "./keep.js";

const choice = keeper("localStorage", "tidewell.still");
const reduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const stored = choice.read();
let still = stored === null ? reduced : stored === "1";
apply();

export function isStill() {
  return still;
}

export function setStill(value) {
  still = value;
  choice.write(value ? "1" : "0");
  apply();
}

/** Runs `change` every `period_ms` while updates are on. */
export function every(period_ms, change) {
  setInterval(() => {
    if (!still) change();
  }, period_ms);
}

function apply() {
  document.documentElement.toggleAttribute("data-still", still);
}
