// What every page has: the basket count, the rotating offer, the clock, buying from a card, and asking for help.
import "./components.js";
import * as basket from "./basket-store.js";
import { vouch } from "./contact.js";
import { every, isStill, setStill } from "./updates.js";

const OFFERS = [
  { text: "Free delivery from £30", colour: "#2a565b" },
  { text: "Fresh this week: Kochere, washed and floral", colour: "#7b3317" },
  { text: "Subscribe and save 10 % on every bag", colour: "#39436a" },
];
const OFFER_MS = 7000;
const CLOCK_MS = 1000;
const FLASH_MS = 900;

const byId = (id) => document.getElementById(id);
vouch();

function showBasketCount() {
  byId("basket-count").textContent = String(basket.pieces());
}
showBasketCount();
window.addEventListener("basket-change", showBasketCount);

// The offer's colour is a rule put into a style sheet by script, as libraries that write CSS from script do.
const offerStyle = document.createElement("style");
offerStyle.id = "offer-style";
document.head.append(offerStyle);
let offer = 0;
function showOffer() {
  const { text, colour } = OFFERS[offer];
  byId("offer").textContent = text;
  const { sheet } = offerStyle;
  if (sheet.cssRules.length > 0) sheet.deleteRule(0);
  sheet.insertRule(`.notice-strip { background-color: ${colour}; transition: background-color 150ms; }`, 0);
}
showOffer();
every(OFFER_MS, () => {
  offer = (offer + 1) % OFFERS.length;
  showOffer();
});

function showClock() {
  const now = new Date();
  byId("clock").textContent = now.toLocaleTimeString("en-GB");
  byId("clock").dateTime = now.toTimeString().slice(0, 8);
}
showClock();
every(CLOCK_MS, showClock);

const pause = byId("pause-updates");
function showPause() {
  pause.querySelector(".icon").className = `icon ${isStill() ? "icon-play" : "icon-pause"}`;
  pause.querySelector(".label").textContent = isStill() ? "Resume updates" : "Pause updates";
}
showPause();
pause.addEventListener("click", () => {
  setStill(!isStill());
  showPause();
});

// A style sheet adopted by the whole document.
const flash = new CSSStyleSheet();
flash.replaceSync(".just-added { outline: 3px solid var(--good); outline-offset: 2px; }");
document.adoptedStyleSheets = [...document.adoptedStyleSheets, flash];

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.add-to-basket");
  if (!button) return;
  basket.add({ id: button.dataset.product });
  announce(`${button.dataset.name} is in your basket`);
  button.classList.add("just-added");
  setTimeout(() => button.classList.remove("just-added"), FLASH_MS);
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.(".share-page")) window.vitrine("start");
});

/** Says it to screen readers. */
export function announce(text) {
  byId("announcer").textContent = text;
}
