// Two custom elements with open shadow roots and adopted style sheets. Without script their plain text shows.
import { stockOf } from "./stock.js";

const FEW = 6;

function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

const ratingSheet = sheet(`
  :host { display: inline-flex; align-items: center; gap: 0.4em; }
  .stars { position: relative; display: inline-block; font: 1rem/1 "Tidewell Icons"; letter-spacing: 0.05em; color: var(--line, #e6d9c8); white-space: nowrap; }
  .full { position: absolute; inset: 0 auto 0 0; overflow: hidden; color: #c98a1b; }
  .words { color: var(--soft, #665242); }
`);

/** `<coffee-rating value="4.6" count="128">`: stars and words. */
class CoffeeRating extends HTMLElement {
  static observedAttributes = ["value", "count"];

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [ratingSheet];
    }
    this.render();
  }

  attributeChangedCallback() {
    if (this.shadowRoot) this.render();
  }

  render() {
    const value = Number(this.getAttribute("value"));
    const five = "\ue004".repeat(5);
    this.shadowRoot.innerHTML = `<span class="stars" aria-hidden="true">${five}<span class="full">${five}</span></span><span class="words"></span>`;
    this.shadowRoot.querySelector(".full").style.width = `${(value / 5) * 100}%`;
    this.shadowRoot.querySelector(".words").textContent = `${value.toFixed(1)} of 5 (${this.getAttribute("count")})`;
  }
}

const badgeSheet = sheet(`
  :host { display: inline-flex; align-items: center; gap: 0.45em; font-variant-numeric: tabular-nums; }
  .dot { width: 0.6em; height: 0.6em; border-radius: 50%; background: currentcolor; }
`);
const ENOUGH = ":host { color: var(--good, #2b6438); }";
const SCARCE = ":host { color: var(--warn, #7d5200); font-weight: 650; }";

/** `<stock-badge product="harbour">`: how many are left, kept up to date. */
class StockBadge extends HTMLElement {
  static observedAttributes = ["product"];
  #level = new CSSStyleSheet();
  #css = "";

  connectedCallback() {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [badgeSheet, this.#level];
      root.innerHTML = '<span class="dot" aria-hidden="true"></span><span class="left"></span>';
    }
    window.addEventListener("stock-change", this);
    this.render();
  }

  disconnectedCallback() {
    window.removeEventListener("stock-change", this);
  }

  attributeChangedCallback() {
    if (this.shadowRoot) this.render();
  }

  handleEvent(event) {
    if (event.detail.id === this.getAttribute("product")) this.render();
  }

  render() {
    const left = stockOf(this.getAttribute("product"));
    const css = left <= FEW ? SCARCE : ENOUGH;
    if (css !== this.#css) {
      this.#css = css;
      this.#level.replaceSync(css);
    }
    this.shadowRoot.querySelector(".left").textContent = left <= FEW ? `Only ${left} left` : `${left} in stock`;
  }
}

customElements.define("coffee-rating", CoffeeRating);
customElements.define("stock-badge", StockBadge);
