// Sorting and filtering the shelf, and the newsletter form.
import { findProduct } from "./catalogue.js";
import { announce } from "./shop.js";
import { stockOf } from "./stock.js";

const shelf = document.getElementById("shelf");
const sort = document.getElementById("sort");
const roast = document.getElementById("roast");
const inStock = document.getElementById("plenty");

const ORDERS = {
  favourites: (a, b) => b.reviews - a.reviews,
  price: (a, b) => a.price - b.price,
  rating: (a, b) => b.rating - a.rating,
};
const PLENTY = 10;

function arrange() {
  const items = [...shelf.children];
  const product = (item) => findProduct(item.dataset.product);
  items.sort((a, b) => ORDERS[sort.value](product(a), product(b)));
  shelf.append(...items);
  for (const item of items) {
    const { id, roast: kind } = product(item);
    item.hidden = (roast.value !== "all" && kind !== roast.value) || (inStock.checked && stockOf(id) < PLENTY);
  }
  const count = items.filter((item) => !item.hidden).length;
  document.getElementById("shelf-count").textContent = `${count} ${count === 1 ? "product" : "products"}`;
  announce(`${count} products shown`);
}
for (const control of [sort, roast, inStock]) control.addEventListener("change", arrange);

document.getElementById("newsletter").addEventListener("submit", (event) => {
  event.preventDefault();
  event.target.reset();
  document.getElementById("newsletter-said").textContent = "Thank you. The next letter comes on Friday.";
});
