// The buttons and cards that Vitrine adds to a customer's page. They stand in a closed shadow root, where no page script
// can look; the tests find them as a screen reader does, and press them with a real mouse.
import type { CDPSession, Page } from "playwright-core";
import { until } from "./wait.ts";

interface AxNode {
  role?: { value?: string };
  name?: { value?: string };
  ignored?: boolean;
  backendDOMNodeId?: number;
}

export class Dock {
  private devtools: Promise<CDPSession> | undefined;

  constructor(private readonly page: Page) {}

  async press(name: string): Promise<void> {
    const node = { backendNodeId: await this.find("button", name) };
    const devtools = await this.talk();
    await devtools.send("DOM.scrollIntoViewIfNeeded", node);
    const { model } = await devtools.send("DOM.getBoxModel", node);
    const [left = 0, top = 0, right = 0, , , bottom = 0] = model.border;
    await this.page.mouse.click((left + right) / 2, (top + bottom) / 2);
  }

  /** Waits until such a part is there, and gives its number in the browser. */
  find(role: string, name: string | RegExp): Promise<number> {
    return until(`${role} "${name}" on the customer's page`, async () => {
      const found = (await this.parts()).find((node) => node.role?.value === role && matches(node, name));
      return found?.backendDOMNodeId;
    });
  }

  async has(role: string, name: string | RegExp): Promise<boolean> {
    return (await this.parts()).some((node) => node.role?.value === role && matches(node, name));
  }

  /** Waits until this sentence can be read. */
  async says(text: string | RegExp): Promise<void> {
    await this.find("StaticText", text);
  }

  /** The code as it is read out: digits in groups. */
  code(): Promise<string> {
    return until("a code on the customer's page", async () => {
      const node = (await this.parts()).find((part) => part.role?.value === "image" && matches(part, CODE));
      return node?.name?.value?.replace(/\D/g, "");
    });
  }

  /** Waits until no code is shown. */
  async hidesCode(): Promise<void> {
    await until("no code on the customer's page", async () => !(await this.has("image", CODE)));
  }

  private async parts(): Promise<AxNode[]> {
    const { nodes } = await (await this.talk()).send("Accessibility.getFullAXTree");
    return (nodes as AxNode[]).filter(({ ignored }) => !ignored);
  }

  private talk(): Promise<CDPSession> {
    this.devtools ??= this.page.context().newCDPSession(this.page);
    return this.devtools;
  }
}

const CODE = /^[\d ,]{9,}$/;

const matches = ({ name }: AxNode, wanted: string | RegExp): boolean =>
  typeof wanted === "string" ? name?.value === wanted : wanted.test(name?.value ?? "");
