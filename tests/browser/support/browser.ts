// A real browser that trusts one place's own certificate and nothing else.
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Place } from "./place.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

export const launch = (place?: Place): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: place ? [...FLAGS, `--ignore-certificate-errors-spki-list=${place.keyFingerprint}`] : FLAGS,
  });

/** A person's window, and all that it asked for and complained about. */
export interface Window {
  page: Page;
  /** Every address that the window asked for: documents, pictures, styles, fonts, sockets. */
  requests: string[];
  /** Errors and warnings on the console, and scripts that failed. */
  complaints: string[];
  close(): Promise<void>;
}

export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("websocket", (socket) => requests.push(socket.url()));
  return { page, requests, complaints, close: () => context.close() };
}
