// The built loader, as a page gets it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import type { Handover, RecorderScript, Start } from "../src/handover.js";
import { doc, openPage } from "./support/page.js";

declare const __ROOT__: string;
const code = readFileSync(join(__ROOT__, "dist", "vitrine.js"), "utf8");

type Vitrine = ((...call: unknown[]) => unknown) & Record<string, (...rest: unknown[]) => unknown>;
type Page = { vitrine?: Vitrine };

interface Loaded {
  vitrine: Vitrine;
  /** The recorder's script elements that were put into the page. */
  scripts: RecorderScript[];
  host(): HTMLElement | null;
  /** Lets promises and timers of no length pass. */
  settled(): Promise<void>;
}

const SOURCE = "https://support.example/base/vitrine.js?v=1";

function loadPage(
  attributes: Record<string, string>,
  before: (page: Page) => void = () => {},
  keep?: string,
  source = SOURCE,
): Loaded {
  const window = openPage("https://shop.example/");
  if (keep) window.sessionStorage.setItem("vitrine.session", keep);
  const scripts: RecorderScript[] = [];
  doc().head.append = (...nodes) => void scripts.push(...(nodes as RecorderScript[]));
  const tag = doc().createElement("script");
  Object.defineProperty(tag, "src", { value: source });
  Object.defineProperty(tag, "nonce", { value: "n0nce" });
  for (const [name, value] of Object.entries({ site: "shop", ...attributes })) tag.dataset[name] = value;
  Object.defineProperty(doc(), "currentScript", { value: tag, configurable: true });
  Object.defineProperty(doc(), "readyState", { value: "complete", configurable: true });
  before(window as unknown as Page);
  runInThisContext(code);
  return {
    vitrine: (window as unknown as { vitrine: Vitrine }).vitrine,
    scripts,
    host: () => doc().querySelector<HTMLElement>("[data-vitrine-ui]"),
    // Promises first, then what they put off: timers of no length fire in the order in which they were set.
    settled: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

/** A recorder that only notes what it was given. */
function recorder(): { start: Start; given: Handover[]; stops: number; told: string[] } {
  const notes = {
    given: [] as Handover[],
    stops: 0,
    told: [] as string[],
    start: (handover: Handover) => {
      notes.given.push(handover);
      return {
        stop: () => {
          notes.stops += 1;
        },
        told: (what: string) => void notes.told.push(what),
      };
    },
  };
  return notes;
}

const queueForm = (page: Page) => {
  const stub = ((...call: unknown[]) => {
    calls.push(call);
  }) as Vitrine;
  const calls: unknown[][] = [];
  Object.assign(stub, { q: calls });
  page.vitrine = stub;
};

test("nothing but the loader is in the page before it is asked", () => {
  const { scripts, host } = loadPage({});
  assert.equal(scripts.length, 0);
  assert(host());
});

test("data-launch=off leaves the page without any element of ours", () => {
  assert.equal(loadPage({ launch: "off" }).host(), null);
});

test("start brings the recorder, with integrity, nonce and anonymous, once", () => {
  const { vitrine, scripts } = loadPage({});
  vitrine("start");
  vitrine.start?.();
  assert.equal(scripts.length, 1);
  const [script] = scripts;
  assert.match(script?.src ?? "", /^https:\/\/support\.example\/base\/snippet\/recorder-[0-9a-f]{12}\.js$/);
  assert.match(script?.integrity ?? "", /^sha384-/);
  assert.equal(script?.nonce, "n0nce");
  assert.equal(script?.crossOrigin, "anonymous");
});

test("the server is found from the loader's hashed name too", () => {
  const { vitrine, scripts } = loadPage({}, undefined, undefined, "https://support.example/base/snippet/loader-0f.js");
  vitrine("start");
  assert.match(scripts[0]?.src ?? "", /^https:\/\/support\.example\/base\/snippet\/recorder-/);
});

test("calls made before loading are carried out in order", async () => {
  const states: unknown[] = [];
  const { scripts, settled } = loadPage({ launch: "off" }, (page) => {
    queueForm(page);
    page.vitrine?.("on", "state", (detail: unknown) => states.push(detail));
    page.vitrine?.("start");
  });
  const fake = recorder();
  scripts[0]?.vitrine?.(fake.start);
  await settled();
  assert.equal(fake.given[0]?.site, "shop");
  assert.equal(fake.given[0]?.base, "https://support.example/base/");
  fake.given[0]?.tell("state", { state: "waiting" });
  await settled();
  assert.deepEqual(states, [{ state: "waiting" }]);
});

test("stop reaches the running session, and before it runs, cancels it", async () => {
  const { vitrine, scripts, settled } = loadPage({});
  const fake = recorder();
  vitrine("start");
  vitrine("stop");
  scripts[0]?.vitrine?.(fake.start);
  await settled();
  assert.equal(fake.given.length, 0);
  vitrine("start");
  await settled();
  assert.equal(fake.given.length, 1);
  vitrine("stop");
  assert.equal(fake.stops, 1);
});

test("what the page says of its customer is there when a session runs, and told when it comes later", async () => {
  const authenticate = () => "a.b.c";
  const { vitrine, scripts, settled } = loadPage({ launch: "off" }, (page) => {
    queueForm(page);
    page.vitrine?.("authenticate", authenticate);
    page.vitrine?.("attributes", { plan: "Gold" });
  });
  const fake = recorder();
  vitrine("start");
  scripts[0]?.vitrine?.(fake.start);
  await settled();
  const customer = fake.given[0]?.customer;
  assert.deepEqual(customer, { authenticate, attributes: '{"plan":"Gold"}' });
  assert.deepEqual(fake.told, []);
  vitrine.authenticate?.("no function");
  vitrine.attributes?.({ plan: "Silver" });
  assert.deepEqual(customer, { authenticate: undefined, attributes: '{"plan":"Silver"}' });
  assert.deepEqual(fake.told, ["authenticate", "attributes"]);
});

test("a session of an earlier page goes on by itself, with its own server only", () => {
  const saved = (base: string) => JSON.stringify({ base, token: "t" });
  assert.equal(loadPage({}, undefined, saved("https://support.example/base/")).scripts.length, 1);
  assert.equal(loadPage({}, undefined, saved("https://other.example/")).scripts.length, 0);
  assert.equal(loadPage({}, undefined, "{broken").scripts.length, 0);
});

test("a recorder that cannot be had is told to the site, and a later start tries again", async () => {
  const { vitrine, scripts, settled } = loadPage({});
  const errors: unknown[] = [];
  vitrine("on", "error", (detail: unknown) => errors.push(detail));
  vitrine("start");
  scripts[0]?.onerror?.(new Event("error"));
  await settled();
  assert.deepEqual(errors, [{ code: "unavailable" }]);
  vitrine("start");
  assert.equal(scripts.length, 2);
});

test("unknown commands and a second script tag do nothing", () => {
  const { vitrine } = loadPage({});
  assert.equal(vitrine("no-such-command"), undefined);
  assert.equal(vitrine("constructor"), undefined);
  runInThisContext(code);
  assert.equal((globalThis as unknown as { window: Page }).window.vitrine, vitrine);
});

test("placing and colouring go to the host as custom properties", () => {
  const { vitrine, host } = loadPage({ offset: "24px 96px", colour: "#603" });
  const property = (name: string) => host()?.style.getPropertyValue(`--vitrine-${name}`);
  assert.deepEqual([property("offset-x"), property("offset-y"), property("accent")], ["24px", "96px", "#603"]);
  vitrine("configure", { offsetX: "8px" });
  assert.equal(property("offset-x"), "8px");
});

test("the page after one that was left says so, and takes the word back; a site's own name is let be", () => {
  const loaded = (name: string) => {
    const { host } = loadPage({ launch: "off" }, (page) => Object.assign(page, { name }));
    return { says: host() !== null, name: (globalThis as unknown as { window: { name: string } }).window.name };
  };
  assert.deepEqual(loaded("vitrine.left"), { says: true, name: "" });
  assert.deepEqual(loaded("the site's own"), { says: false, name: "the site's own" });
});
