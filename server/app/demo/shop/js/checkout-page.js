// The order's summary, a light check of what was typed, and the thank-you. Nothing is sent anywhere.
import * as basket from "./basket-store.js";
import { deliveryPrice, findProduct, money } from "./catalogue.js";
import { validate } from "./form-errors.js";

const byId = (id) => document.getElementById(id);
const form = byId("checkout-form");

const filled = (text) => (value) => (value ? "" : text);
const digits = (least, most, text) => (value) =>
  new RegExp(`^\\d{${least},${most}}$`).test(value.replace(/\s/g, "")) ? "" : text;
const CHECKS = {
  email: (value) => (/^\S+@\S+\.\S+$/.test(value) ? "" : "Enter an email address, for example jane@example.com"),
  name: filled("Enter your name"),
  "address-line1": filled("Enter street and house number"),
  city: filled("Enter a town or city"),
  "postal-code": filled("Enter a postcode"),
  "cc-name": filled("Enter the name on the card"),
  "cc-number": digits(13, 19, "Enter the card number, 13 to 19 digits"),
  "cc-exp": (value) =>
    /^(0[1-9]|1[0-2])\s?\/\s?\d{2}$/.test(value) ? "" : "Enter the expiry date as month and year, for example 04/29",
  "cc-csc": digits(3, 4, "Enter the security code, 3 or 4 digits"),
  "one-time-code": digits(6, 6, "Enter the six digits that your bank sent you"),
  terms: filled("Accept the terms of sale"),
};

function deliveryKind() {
  return form.elements.delivery.value;
}

function showSummary() {
  const lines = basket.lines();
  byId("summary-empty").hidden = lines.length > 0;
  byId("summary-lines").replaceChildren(...lines.map(summaryLine));
  const goods = basket.goods();
  const delivery = lines.length === 0 ? 0 : deliveryPrice(deliveryKind(), goods);
  byId("sum-goods").textContent = money(goods);
  byId("sum-delivery").textContent = delivery === 0 ? "Free" : money(delivery);
  byId("sum-total").textContent = money(goods + delivery);
  byId("pay-amount").textContent = money(goods + delivery);
}

function summaryLine(line) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = `${line.quantity} × ${findProduct(line.id).name}`;
  const price = document.createElement("span");
  price.textContent = money(basket.linePrice(line));
  item.append(name, price);
  return item;
}

showSummary();
window.addEventListener("basket-change", showSummary);
form.addEventListener("change", showSummary);
byId("gift").addEventListener("change", (event) => {
  byId("gift-text-field").hidden = !event.target.checked;
});

// Card numbers are easier to check in groups of four.
byId("cc-number").addEventListener("input", (event) => {
  const field = event.target;
  if (field.selectionStart !== field.value.length) return;
  field.value = field.value
    .replace(/\D/g, "")
    .slice(0, 19)
    .replace(/(\d{4})(?=\d)/g, "$1 ");
});

byId("send-code").addEventListener("click", () => {
  byId("code-said").textContent = "Sent. In this demo any six digits will do.";
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!validate(form, CHECKS, byId("checkout-errors"))) return;
  if (basket.pieces() === 0) {
    byId("summary-empty").focus();
    return;
  }
  byId("thanks-email").textContent = form.elements.email.value;
  byId("thanks-total").textContent = byId("sum-total").textContent;
  form.reset();
  basket.clear();
  byId("checkout").hidden = true;
  byId("thanks").hidden = false;
  document.title = "Thank you · Tidewell Coffee";
  byId("thanks-title").focus();
});
