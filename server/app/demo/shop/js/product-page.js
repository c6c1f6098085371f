// Fills the product page for `?id=…`; the page as written is the house blend.

import * as basket from "./basket-store.js";
import { findProduct, isCoffee, money, PRODUCTS, pictureOf, priceOf, SIZES } from "./catalogue.js";
import { startRoastChart } from "./roast-chart.js";
import { announce } from "./shop.js";

const PICTURE_SIZES = "(min-width: 72rem) 31rem, (min-width: 48rem) 45vw, 92vw";
const byId = (id) => document.getElementById(id);
const product = findProduct(new URLSearchParams(location.search).get("id")) ?? PRODUCTS[0];
const form = byId("buy-form");

document.title = `${product.name} · Tidewell Coffee`;
for (const [id, text] of [
  ["product-name", product.name],
  ["crumb", product.name],
  ["product-from", product.from],
  ["taste", product.taste],
  ["product-story", product.story],
]) {
  byId(id).textContent = text;
}
const picture = pictureOf(product, PICTURE_SIZES);
picture.id = "product-picture";
byId("product-picture").replaceWith(picture);
byId("rating").setAttribute("value", String(product.rating));
byId("rating").setAttribute("count", String(product.reviews));
byId("stock").setAttribute("product", product.id);
byId("facts").replaceChildren(...product.facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
for (const part of document.querySelectorAll(".coffee-only")) part.hidden = !isCoffee(product);
for (const size of Object.keys(SIZES)) byId(`size-${size}-price`).textContent = money(priceOf(product, size));
if (isCoffee(product)) startRoastChart(byId("roast-chart"), product.end_c);

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function showPrice() {
  byId("price").textContent = money(priceOf(product, form.elements.size.value));
}
showPrice();
form.addEventListener("change", showPrice);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { size, grind, quantity } = form.elements;
  const coffee = isCoffee(product);
  basket.add({
    id: product.id,
    size: coffee ? size.value : "small",
    grind: coffee ? grind.value : "whole",
    quantity: quantity.valueAsNumber,
  });
  byId("added").hidden = false;
  announce(`${product.name} is in your basket`);
});

const dialog = byId("grind-dialog");
byId("open-grind-dialog").addEventListener("click", () => dialog.showModal());
dialog.addEventListener("close", () => {
  if (dialog.returnValue) form.elements.grind.value = dialog.returnValue;
});
