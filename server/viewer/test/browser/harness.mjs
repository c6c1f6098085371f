// A real browser on the fake server, signed in and out, and what the tests look at in it.
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { keyframe } from "../fake/recording.mjs";
import { CODE, startFake } from "../fake/server.mjs";

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

export const launch = () =>
  chromium.launch({ executablePath: process.env.VITRINE_CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });

/** One agent at one server. `problems` collects what the page complains about: it must stay empty. */
export async function desk(browser, { events = keyframe(), context = {}, ...options } = {}) {
  const fake = await startFake({ events, ...options });
  const tab = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...context });
  const page = await tab.newPage();
  const problems = [];
  const foreign = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    const harmless =
      message.text().startsWith("Failed to load resource") || message.text().startsWith("WebSocket connection");
    if (message.type() === "error" && !harmless) problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(fake.origin) && !request.url().startsWith("data:")) foreign.push(request.url());
  });
  const close = async () => {
    await tab.close();
    fake.close();
  };
  return { fake, page, problems, foreign, close };
}

export async function signIn({ fake, page }) {
  await page.goto(fake.url);
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill("secret");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Join a customer" }).waitFor();
}

export async function join(at) {
  await signIn(at);
  await at.page.getByLabel("Session code").fill(CODE);
}

export async function watch(at) {
  await join(at);
  await becomes(at.page, "Live");
}

export const becomes = (page, label) => page.locator(".chip", { hasText: label }).waitFor();

/** Waits until the customer's page, as the agent sees it, contains this text. */
export const sees = (page, text) =>
  page.waitForFunction((wanted) => {
    const frame = document.querySelector(".layer:not(.layer-next) iframe");
    return frame?.contentDocument?.body?.textContent?.includes(wanted);
  }, text);

const canvasRect = (page) =>
  page.evaluate(() => {
    const frame = document.querySelector(".layer:not(.layer-next) iframe");
    const scale = frame.getBoundingClientRect().width / frame.clientWidth;
    const { left, top } = frame.getBoundingClientRect();
    const canvas = frame.contentDocument.querySelector("canvas").getBoundingClientRect();
    const at = [left + scale * (canvas.left + canvas.width / 2), top + scale * (canvas.top + canvas.height / 2)];
    return { at, size: [canvas.width, canvas.height] };
  });

export const canvasSize = async (page) => (await canvasRect(page)).size;

/** Waits until the middle of the canvas has this colour on the screen: not in its data, which may never be painted. */
export async function paints(page, colour) {
  for (;;) {
    const { at } = await canvasRect(page);
    const shot = await page.screenshot({ clip: { x: Math.round(at[0]), y: Math.round(at[1]), width: 1, height: 1 } });
    const seen = await page.evaluate(colourOf, `data:image/png;base64,${shot.toString("base64")}`);
    if (colour.every((part, index) => part === seen[index])) return;
  }
}

async function colourOf(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const brush = document.createElement("canvas").getContext("2d");
  brush.drawImage(image, 0, 0);
  return [...brush.getImageData(0, 0, 1, 1).data];
}

/** A picture of one colour, twice as wide as high. */
export const picture = (page, colour, width) =>
  page.evaluate(
    ([fill, size]) => {
      const canvas = document.createElement("canvas");
      canvas.width = size;
      canvas.height = size / 2;
      const brush = canvas.getContext("2d");
      brush.fillStyle = fill;
      brush.fillRect(0, 0, size, size);
      return canvas.toDataURL();
    },
    [colour, width],
  );

/** A host that no agent may ever reach; it remembers who came. */
export async function foreignHost() {
  const visits = [];
  const server = createServer((request, response) => {
    visits.push(request.url);
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { visits, origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
