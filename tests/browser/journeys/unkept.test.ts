// A browser that keeps nothing for the site: the session lasts as long as the page.
import type { Page } from "playwright-core";
import type { Customer } from "../support/customer.ts";
import { journey } from "../support/scene.ts";

const WAYS: [name: string, leaves: (customer: Customer) => Promise<unknown>][] = [
  ["by a link", (customer) => customer.opensLink('.site-nav a[href="/account.html"]')],
  ["by a reload", (customer) => customer.page.reload()],
];

for (const [name, leaves] of WAYS) {
  journey(`without storage, leaving the page ${name} ends the session, and both sides are told`, async (scene) => {
    const customer = await scene.customer();
    await blockStorage(customer.page);
    await customer.opens("/help.html");
    await customer.dock.press("Share this page");
    await customer.dock.says("You can stop at any time. Sharing ends when you leave this page.");
    await customer.dock.press("Start sharing");
    const code = await customer.dock.code();
    const agent = await scene.agent();
    await agent.watches(code);
    await customer.fills({ "#contact-text": "Where is my parcel" });
    await agent.waitsFor("#contact-text", ({ value }) => value === "Where is my parcel");

    await leaves(customer);
    await agent.page.getByRole("heading", { name: "This session has ended" }).waitFor();
    await customer.dock.says("Sharing has ended, because you left the page. Nobody sees this page now.");

    await customer.dock.press("Close");
    await customer.dock.find("button", "Share this page");
    await customer.page.reload();
    await customer.dock.find("button", "Share this page");
  });
}

/** As a browser does that is told to keep no site's data. */
const blockStorage = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    for (const area of ["sessionStorage", "localStorage"]) {
      Object.defineProperty(window, area, {
        get: () => {
          throw new DOMException("Access is denied for this document.", "SecurityError");
        },
      });
    }
  });
