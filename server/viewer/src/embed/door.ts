// The one way between this page and the page around it. It hears the parent window alone, at a listed origin alone, and
// speaks to that exact origin, so that nothing reaches a page that took its place.
import { type FromPage, readFromPage, type ToPage, VERSION } from "./messages.ts";
import { type Around, isListed } from "./origins.ts";

export interface Parent {
  postMessage(message: unknown, origin: string): void;
}
export type Heard = { data: unknown; origin: string; source: unknown };

/** What may be said to every listed page while it is not known which one it is: there is nothing in it. */
const FOR_ANY: readonly ToPage["type"][] = ["ready", "token-wanted"];

export class Door {
  private origin: string | null;

  constructor(
    private readonly parent: Parent,
    around: Around,
    private readonly listed: readonly string[],
    private readonly hear: (message: FromPage) => void,
  ) {
    this.origin = around.is === "listed" ? around.origin : null;
  }

  say(message: ToPage): void {
    for (const origin of this.origin === null ? this.candidates(message) : [this.origin])
      this.parent.postMessage({ vitrine: VERSION, ...message }, origin);
  }

  readonly take = ({ data, origin, source }: Heard): void => {
    if (source !== this.parent || !(this.origin === null ? isListed(this.listed, origin) : origin === this.origin))
      return;
    const message = readFromPage(data);
    if (!message) return;
    this.origin = origin;
    this.hear(message);
  };

  private candidates({ type }: ToPage): readonly string[] {
    return FOR_ANY.includes(type) ? this.listed.filter((pattern) => !pattern.includes("*")) : [];
  }
}
