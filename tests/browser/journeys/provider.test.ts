// Signing in at a real provider, and being signed out by it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Agent } from "../support/agent.ts";
import { launch } from "../support/browser.ts";
import { Customer } from "../support/customer.ts";
import { Demo } from "../support/demo.ts";
import { Provider } from "../support/provider.ts";

let provider: Provider;
let demo: Demo;
let browser: Browser;

before(async () => {
  provider = await Provider.start();
  demo = await Demo.start(provider.settings);
  provider.serves(demo);
  browser = await launch(demo);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  await provider?.stop();
});

const offer = (page: Page) => page.getByRole("link", { name: "Sign in with Example ID" });
const isIn = (page: Page) => page.getByRole("heading", { name: "Join a customer" }).waitFor();

async function arrives(): Promise<Agent> {
  const agent = await Agent.arrives(browser, demo);
  // The provider's pages ask for a font from elsewhere, which is not there.
  await agent.page.route(/fonts\.googleapis\.com/, (route) => route.abort());
  return agent;
}

test("an agent signs in at a provider whose keys change, and is signed out by it", { timeout: 60_000 }, async () => {
  const customer = await Customer.arrives(browser, demo);
  await customer.opens("/");
  const code = await customer.startsSharing();

  const agent = await arrives();
  await offer(agent.page).click();
  await provider.signsIn(agent.page, "ann");
  await isIn(agent.page);
  await agent.page.getByText("Ann Lee").waitFor();
  assert.equal(agent.page.url(), demo.agentPage, "nothing of the way stays in the address");

  await agent.page.getByRole("button", { name: "Sign out" }).click();
  await agent.page.getByRole("button", { name: "Sign me out" }).click();
  await offer(agent.page).waitFor();

  provider.rotatesKeys();
  await offer(agent.page).click();
  await provider.signsIn(agent.page, "ann");
  await isIn(agent.page);
  await agent.joins(code);
  await agent.state("Live");

  const elsewhere = await agent.page.context().newPage();
  await elsewhere.goto(`${provider.issuer}/session/end`);
  await elsewhere.getByRole("button", { name: "Sign me out" }).click();
  await agent.page.getByText("Your sign-in has run out. Please sign in again.").waitFor({ timeout: 2_000 });

  // She comes back to the session that she was in.
  await offer(agent.page).click();
  await provider.signsIn(agent.page, "ann");
  await agent.state("Live");
  await agent.window.close();
  await customer.window.close();
});

test("who has no role, and who comes back with somebody else's answer, is told so", { timeout: 60_000 }, async () => {
  const stranger = await arrives();
  await offer(stranger.page).click();
  await provider.signsIn(stranger.page, "bob");
  await stranger.page.getByText("You are known there, but have no role here yet.").waitFor();
  await stranger.page.goto(`${demo.server}/api/v1/agent/oidc/callback?code=x&state=y`);
  await stranger.page.getByText("That took too long, or was begun in another window.").waitFor();
  await stranger.page.reload();
  await offer(stranger.page).waitFor();
  assert.equal(await stranger.page.getByText("That took too long").count(), 0);
  await stranger.window.close();
});
