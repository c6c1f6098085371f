// The lines of the basket and what they come to.
import * as basket from "./basket-store.js";
import {
  DELIVERY,
  deliveryPrice,
  FREE_DELIVERY_FROM,
  findProduct,
  GRINDS,
  isCoffee,
  money,
  pictureOf,
  SIZES,
} from "./catalogue.js";

const byId = (id) => document.getElementById(id);
const list = byId("basket-lines");
const pattern = byId("basket-line");

function show() {
  const lines = basket.lines();
  byId("basket-empty").hidden = lines.length > 0;
  byId("basket-full").hidden = lines.length === 0;
  list.replaceChildren(...lines.map(row));
  const goods = basket.goods();
  const delivery = deliveryPrice("standard", goods);
  byId("sum-goods").textContent = money(goods);
  byId("sum-delivery").textContent = deliveryText(delivery);
  byId("sum-total").textContent = money(goods + delivery);
  byId("free-hint").textContent =
    goods >= FREE_DELIVERY_FROM ? "" : `${money(FREE_DELIVERY_FROM - goods)} more for free delivery`;
}

function deliveryText(price) {
  return price === 0 ? "Free" : money(price);
}

function row(line, index) {
  const product = findProduct(line.id);
  const item = pattern.content.firstElementChild.cloneNode(true);
  item.dataset.product = product.id;
  item.querySelector(".line-picture").append(pictureOf(product, "72px"));
  item.querySelector("img").alt = "";
  const link = item.querySelector("h2 a");
  link.textContent = product.name;
  link.href = `/product.html?id=${product.id}`;
  item.querySelector(".line-kind").textContent = isCoffee(product)
    ? `${SIZES[line.size].label}, ${GRINDS[line.grind].toLowerCase()}`
    : product.taste;
  item.querySelector(".line-price").textContent = money(basket.linePrice(line));
  const quantity = item.querySelector(".quantity");
  quantity.id = `quantity-${index}`;
  quantity.value = line.quantity;
  quantity.addEventListener("change", () => basket.setQuantity(index, quantity.valueAsNumber || 0));
  item.querySelector("label").htmlFor = quantity.id;
  const remove = item.querySelector(".remove");
  remove.setAttribute("aria-label", `Remove ${product.name}`);
  remove.addEventListener("click", () => {
    basket.setQuantity(index, 0);
    byId("basket-title").focus();
  });
  return item;
}

show();
window.addEventListener("basket-change", show);

byId("voucher-form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("voucher-said").textContent = "This code is not valid today.";
});

// The delivery calculator is a page of its own in a frame; it tells what it found.
window.addEventListener("message", (event) => {
  if (event.origin !== location.origin || !(event.data?.delivery in DELIVERY)) return;
  byId("delivery-said").textContent =
    `${DELIVERY[event.data.delivery].label}: ${deliveryText(deliveryPrice(event.data.delivery, basket.goods()))}`;
});
