// What the rules and the page itself mark as private never reaches an agent's browser, in any form.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";

const NEVER = [
  "csrf-demo",
  "gift-pin-2468",
  "142.60",
  "operation",
  "5501 8823 0417",
  "4 May",
  "risk score",
  "4111 1111 1111 1111",
  "GB82 WEST 1234 5698 7654 32",
];
const HIDDEN = ["#internal", "#birthday"];
const MASKED = ["#balance", ".secret", "#member-number"];
const BLOCKED = [".chat-widget", ".member-card"];
/** Shorter texts, such as a button's, stand elsewhere on the page too. */
const TELLING_CHARS = 12;

journey("the account page keeps its secrets, from the first picture on and while it changes", async (scene) => {
  const { customer, agent } = await scene.shared("/account.html");
  await agent.sees("Orders");
  for (const selector of HIDDEN) assert.equal(await agent.has(selector), null, `${selector} is not there`);
  for (const selector of MASKED) {
    const seen = await agent.has(selector);
    assert.match(seen?.text ?? "", /^[•\s]+$/, `${selector} is masked`);
  }
  for (const selector of BLOCKED) {
    assert.equal((await agent.has(selector))?.text ?? "", "", `${selector} is an empty box`);
    const sentences = (await customer.page.locator(selector).textContent())?.split("\n") ?? [];
    const telling = sentences.map((text) => text.trim()).filter((text) => text.length >= TELLING_CHARS);
    assert.ok(telling.length > 0, `${selector} says something to the customer`);
    for (const text of telling) assert.ok(!agent.received.join("").includes(text), text);
  }

  await customer.page.evaluate(() => {
    const put = (selector: string, text: string) => {
      const element = document.querySelector(selector);
      if (element) element.textContent = text;
    };
    put("#balance", "£9,999.99 now");
    put("#internal", "internal news");
    const moved = document.querySelector("#balance");
    if (moved) document.querySelector("#orders")?.after(moved);
    const late = document.createElement("p");
    late.className = "secret";
    late.textContent = "a late secret";
    document.querySelector("#main")?.append(late);
    put("#offer", "The change is through");
  });
  await agent.sees("The change is through");

  const everything = `${agent.received.join("\n")}\n${await agent.text()}\n${await agent.markup()}`;
  for (const secret of [...NEVER, "9,999.99", "internal news", "a late secret"]) {
    assert.ok(!everything.includes(secret), `"${secret}" reached the agent`);
  }
});

journey("what the customer types into a blocked chat stays there", async (scene) => {
  const { customer, agent } = await scene.shared("/help.html");
  await agent.sees("Help");
  const field = customer.page.locator(".chat-widget input, .chat-widget textarea").first();
  await field.fill("my private question");
  await field.press("Enter");
  await customer.fills({ "#contact-text": "A public question" });
  await agent.waitsFor("#contact-text", ({ value }) => value === "A public question");
  assert.ok(!agent.received.join("").includes("my private question"));
});
