// Who is here. After a reconnection to another server the agents' side is counted again, one after the other: nobody is
// said to have left who only has not been counted yet.
import { PEOPLE_SETTLE_MS } from "./limits.js";
import { shortName } from "./ui/sharing.js";
import type { Agent } from "./wire.js";

export class People {
  agents: Agent[] = [];
  private settledAt = 0;
  private later: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is told of one name that came, and of one that is gone, if there is any. */
  constructor(private readonly changed: (joined: string | undefined, left: string | undefined) => void) {}

  reconnected(): void {
    this.settledAt = Date.now() + PEOPLE_SETTLE_MS;
  }

  are(agents: Agent[]): void {
    clearTimeout(this.later);
    const now = agents.map((agent) => ({ ...agent, name: shortName(agent.name) }));
    const wait_ms = this.settledAt - Date.now();
    if (wait_ms > 0 && beyond(this.agents, now)) this.later = setTimeout(() => this.settle(now), wait_ms);
    else this.settle(now);
  }

  /** Whoever was said to be here last stays so, until it is said again. */
  forget(): void {
    clearTimeout(this.later);
  }

  private settle(agents: Agent[]): void {
    const before = this.agents;
    this.agents = agents;
    this.changed(beyond(agents, before), beyond(before, agents));
  }
}

/** One name of the first list that the second does not have. */
function beyond(list: Agent[], other: Agent[]): string | undefined {
  return list.find(({ name }) => !other.some((agent) => agent.name === name))?.name;
}
