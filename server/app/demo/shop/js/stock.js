// A make-believe warehouse: other customers buy, now and then a shelf is filled again. `stock-change` on window tells of it.
import { PRODUCTS } from "./catalogue.js";
import { keeper } from "./keep.js";
import { every } from "./updates.js";

const PERIOD_MS = 2500;
const LOW = 2;
const FULL = 36;

const shelves = keeper("sessionStorage", "tidewell.stock");
const levels = read();

export function stockOf(id) {
  return levels[id] ?? 0;
}

function read() {
  const fresh = Object.fromEntries(PRODUCTS.map((product) => [product.id, product.stock]));
  try {
    return { ...fresh, ...JSON.parse(shelves.read() ?? "{}") };
  } catch {
    return fresh;
  }
}

function sell() {
  const shown = [...document.querySelectorAll("stock-badge")].map((badge) => badge.getAttribute("product"));
  if (shown.length === 0) return;
  const id = shown[Math.floor(Math.random() * shown.length)];
  levels[id] = levels[id] <= LOW ? FULL : levels[id] - 1;
  shelves.write(JSON.stringify(levels));
  window.dispatchEvent(new CustomEvent("stock-change", { detail: { id } }));
}

every(PERIOD_MS, sell);
