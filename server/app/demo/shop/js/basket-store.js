// The basket, kept in the browser: [{id, size, grind, quantity}]. Every change is told by `basket-change` on window.
import { findProduct, GRINDS, priceOf, SIZES } from "./catalogue.js";
import { keeper } from "./keep.js";

const KEY = "tidewell.basket";
const MOST_OF_ONE = 20;
const basket = keeper("localStorage", KEY);

export function lines() {
  try {
    const stored = JSON.parse(basket.read() ?? "[]");
    return Array.isArray(stored) ? stored.filter(isLine) : [];
  } catch {
    return [];
  }
}

function isLine(line) {
  return (
    line &&
    findProduct(line.id) &&
    line.size in SIZES &&
    line.grind in GRINDS &&
    Number.isInteger(line.quantity) &&
    line.quantity > 0
  );
}

export function add({ id, size = "small", grind = "whole", quantity = 1 }) {
  const all = lines();
  const same = all.find((line) => line.id === id && line.size === size && line.grind === grind);
  if (same) same.quantity = Math.min(MOST_OF_ONE, same.quantity + quantity);
  else all.push({ id, size, grind, quantity: Math.min(MOST_OF_ONE, quantity) });
  save(all);
}

export function setQuantity(index, quantity) {
  const all = lines();
  if (quantity < 1) all.splice(index, 1);
  else all[index].quantity = Math.min(MOST_OF_ONE, quantity);
  save(all);
}

export function clear() {
  save([]);
}

export function pieces() {
  return lines().reduce((sum, line) => sum + line.quantity, 0);
}

/** Pence of all goods, without delivery. */
export function goods() {
  return lines().reduce((sum, line) => sum + linePrice(line), 0);
}

export function linePrice(line) {
  return priceOf(findProduct(line.id), line.size) * line.quantity;
}

function save(all) {
  basket.write(JSON.stringify(all));
  window.dispatchEvent(new Event("basket-change"));
}

// Another tab of the shop changed it.
window.addEventListener("storage", (event) => {
  if (event.key === KEY) window.dispatchEvent(new Event("basket-change"));
});
