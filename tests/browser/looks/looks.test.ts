// Every state that people meet, wide and narrow, light and dark: a picture of each in out/, and nothing for axe-core to find.
import { isAccessible, look, openShadows, SHAPES, type Shape } from "../support/look.ts";
import { journey, type Scene } from "../support/scene.ts";

const PAGES = ["/", "/product.html?id=harbour", "/basket.html", "/checkout.html", "/account.html", "/help.html"];

for (const shape of SHAPES) {
  journey(`the looks of a session, ${shape.name}`, async (scene) => {
    const customer = await scene.customer({ viewport: shape.customer, colorScheme: shape.colorScheme });
    await openShadows(customer.page);
    await customer.opens("/");
    await look(customer.page, shape, "shop");
    await customer.dock.press("Share this page");
    await customer.dock.find("dialog", "Share this page with our support?");
    await look(customer.page, shape, "launch-card");
    await customer.dock.press("Start sharing");
    const code = await customer.dock.code();
    await look(customer.page, shape, "code");

    const agent = await signedIn(scene, shape);
    await agent.joins(code);
    await agent.state("Live");
    await customer.dock.says("Sharing with ann");
    await agent.sees("Tidewell");
    await look(customer.page, shape, "sharing-pill");
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

async function signedIn(scene: Scene, shape: Shape) {
  const agent = await scene.agent({ viewport: shape.agent, colorScheme: shape.colorScheme });
  await agent.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await look(agent.page, shape, "login");
  await agent.signsIn();
  await agent.page.getByRole("heading", { name: "Join a customer" }).waitFor();
  await look(agent.page, shape, "lobby");
  return agent;
}
