// Every state that people meet, wide and narrow, light and dark: a picture of each in out/, and nothing for axe-core to find.
import type { Customer } from "../support/customer.ts";
import {
  isAccessible,
  look,
  OWN_WAYS,
  openShadows,
  SHAPES,
  type Shape,
  speaker,
  turnRightToLeft,
} from "../support/look.ts";
import { journey, type Scene } from "../support/scene.ts";

const PAGES = ["/", "/product.html?id=harbour", "/basket.html", "/checkout.html", "/account.html", "/help.html"];

for (const shape of SHAPES) {
  journey(`the looks of a session, ${shape.name}`, async (scene) => {
    const customer = await arrived(scene, shape);
    const code = await startedSharing(customer, shape);

    const agent = await signedIn(scene, shape);
    await agent.joins(code);
    await agent.state("Live");
    await customer.dock.says("Sharing with ann");
    await agent.sees("Tidewell");
    await lookAtSharing(customer, shape);
    await look(agent.page, shape, "live");

    await agent.page.context().setOffline(true);
    await agent.state("Reconnecting");
    await look(agent.page, shape, "reconnecting");
    await agent.page.context().setOffline(false);
    await agent.state("Live");

    await customer.dock.press("Stop");
    await customer.dock.says("Sharing has ended");
    await agent.page.getByRole("heading", { name: "This session has ended" }).waitFor();
    await look(customer.page, shape, "ended-customer");
    await look(agent.page, shape, "ended-agent");
    // Being offline is what this journey brings about, and what a browser writes about it.
    agent.window.complaints.length = 0;
  });
}

for (const shape of SHAPES.filter(({ name }) => name.startsWith("wide"))) {
  journey(`every page of the shop can be used by everybody, ${shape.colorScheme}`, async (scene) => {
    const customer = await scene.customer({ colorScheme: shape.colorScheme });
    for (const path of PAGES) {
      await customer.opens(path);
      await isAccessible(customer.page, path);
    }
  });
}

for (const shape of [...SHAPES, ...OWN_WAYS]) {
  journey(`the looks of a request, ${shape.name}`, async (scene) => {
    const customer = await arrived(scene, shape);
    const serverSays = await speaker(customer.page);
    const code = await customer.startsSharing();
    const agent = await scene.agent();
    await agent.watches(code);
    await customer.dock.says("Sharing with ann");
    serverSays({ t: "consent-request", request: 1, kind: "control", agent: "ann" });
    await customer.dock.find("group", "ann asks to help fill in this page");
    await look(customer.page, shape, "request");
    await customer.dock.press("Not now");
    await customer.dock.press("Pause");
    await customer.dock.says("Sharing is paused");
    await look(customer.page, shape, "paused");
  });
}

for (const shape of OWN_WAYS) {
  journey(`the looks of the customer's side, ${shape.name}`, async (scene) => {
    const customer = await arrived(scene, shape);
    const code = await startedSharing(customer, shape);
    const agent = await scene.agent();
    await agent.watches(code);
    await customer.dock.says("Sharing with ann");
    await lookAtSharing(customer, shape);
    await customer.page.keyboard.press("Escape");
    await customer.page.keyboard.press("Escape");
    await customer.dock.says("Sharing has ended");
    await look(customer.page, shape, "ended-customer");
  });
}

async function arrived(scene: Scene, shape: Shape): Promise<Customer> {
  const { colorScheme, forcedColors = "none" } = shape;
  const customer = await scene.customer({ viewport: shape.customer, colorScheme, forcedColors });
  await openShadows(customer.page);
  if (shape.rightToLeft) await turnRightToLeft(customer.page);
  await customer.opens("/");
  return customer;
}

async function startedSharing({ page, dock }: Customer, shape: Shape): Promise<string> {
  await dock.find("button", "Share this page");
  await look(page, shape, "shop");
  await dock.press("Share this page");
  await dock.find("dialog", "Share this page with our support?");
  await look(page, shape, "launch-card");
  await dock.press("Start sharing");
  const code = await dock.code();
  await look(page, shape, "code");
  return code;
}

async function lookAtSharing({ page, dock }: Customer, shape: Shape): Promise<void> {
  await look(page, shape, "sharing-pill");
  await dock.press("Code for another agent");
  await dock.code();
  await look(page, shape, "code-another");
  await dock.press("Hide");
}

async function signedIn(scene: Scene, shape: Shape) {
  const agent = await scene.agent({ viewport: shape.agent, colorScheme: shape.colorScheme });
  await agent.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await look(agent.page, shape, "login");
  await agent.signsIn();
  await agent.page.getByRole("heading", { name: "Join a customer" }).waitFor();
  await agent.page.getByText("Join with their code").waitFor();
  await look(agent.page, shape, "lobby");
  return agent;
}
