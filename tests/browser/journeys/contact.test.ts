// The agent knows the customer whom the shop vouches for, and hears at once when it does not any more.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";

journey("the shop vouches for the customer who is signed in, until she signs out", async (scene) => {
  const { customer, agent } = await scene.shared("/account.html");
  const panel = agent.page.locator("#details");
  await panel.getByText("Verified by Tidewell").waitFor();
  assert.match(await panel.locator(".customer-name").innerText(), /Jane Harlow/);
  assert.match(await panel.locator(".facts").first().innerText(), /member since\s+2019/);

  await customer.page.evaluate(() => {
    const page = window as unknown as { vitrine(command: string, attributes: object): void };
    page.vitrine("attributes", { name: "The Queen", "member since": "ever" });
  });
  await customer.page.locator("#sign-out").click();
  await panel.getByText("Not verified: the page says so").waitFor();
  assert.match(await panel.locator(".customer-name").innerText(), /The Queen/);
  await agent.page.getByRole("list", { name: "Who is here" }).getByText("not verified").waitFor();

  await customer.page.locator("#password").fill("anything");
  await customer.page.locator("#login-form button[type=submit]").click();
  await panel.getByText("Verified by Tidewell").waitFor();
  assert.doesNotMatch(await panel.innerText(), /The Queen/, "what the page says never takes its place");
});
