// A document for tests, with the globals that the sources use.
import { Window } from "happy-dom";

const NAMES = [
  "document",
  "location",
  "sessionStorage",
  "Node",
  "Element",
  "HTMLScriptElement",
  "CSSStyleSheet",
  "getComputedStyle",
  "requestAnimationFrame",
  "cancelAnimationFrame",
  "addEventListener",
  "removeEventListener",
  "dispatchEvent",
  "innerHeight",
] as const;

/** Opens a document and makes its objects global, as in a browser. */
export function openPage(url: string, html = ""): Window {
  const window = new Window({ url });
  window.document.body.innerHTML = html;
  for (const name of NAMES) {
    const value = window[name as keyof Window] as unknown;
    const bound = typeof value === "function" && /^[a-z]/.test(name) ? value.bind(window) : value;
    Object.defineProperty(globalThis, name, { value: bound, configurable: true, writable: true });
  }
  Object.defineProperty(globalThis, "window", { value: window, configurable: true, writable: true });
  return window;
}

/** The document of `openPage`, typed as the browser's own. */
export function doc(): Document {
  return (globalThis as unknown as { document: Document }).document;
}
