// Who may come in.
import assert from "node:assert/strict";
import { journey } from "../support/scene.ts";

journey("who is not signed in finds a sign-in page, and a console without a complaint", async (scene) => {
  const agent = await scene.agent();
  await agent.page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.deepEqual(agent.window.complaints, []);
  await agent.signsIn();
  await agent.page.getByRole("heading", { name: "Join a customer" }).waitFor();
  await agent.page.getByRole("button", { name: "Sign out" }).click();
  await agent.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await agent.page.reload();
  await agent.page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.deepEqual(agent.window.complaints, []);
});

journey("a wrong password is told, without saying what was wrong with it", async (scene) => {
  const agent = await scene.agent();
  await agent.signsIn("not the password");
  await agent.page.getByText("Name or password is wrong.").waitFor();
  await agent.wasRefused(401);
});

journey("a wrong code opens nothing, and a used one opens nothing more", async (scene) => {
  const { customer, code } = await scene.shared("/");
  const other = await scene.agent();
  await other.signsIn();
  await other.joins(code === "000000000" ? "111111111" : "000000000");
  await other.page.getByText("No session has this code.").waitFor();
  await other.wasRefused(404);
  await other.joins(code);
  await other.page.getByText("No session has this code.").waitFor();
  await other.wasRefused(404);
  await other.joins(await customer.nextCode(code));
  await other.state("Live");
});

journey("nothing is loaded or sent before the customer agrees", async (scene) => {
  const customer = await scene.customer();
  await customer.opens("/");
  await customer.dock.press("Share this page");
  const toServer = () => customer.window.requests.filter((url) => url.startsWith("https:") || url.startsWith("wss:"));
  assert.deepEqual(
    toServer().map((url) => new URL(url).pathname),
    ["/vitrine.js"],
  );
  await customer.dock.press("Not now");
  await customer.dock.find("button", "Share this page");
  assert.equal(toServer().length, 1);
});
