// Everything the customer sees from the first connection to the last message.
import { AGENT_NAME_CHARS, ATTACH_EVERY_MS, CONSENT_MS } from "../limits.js";
import type { ConsentRequest } from "../wire.js";
import { Bar } from "./bar.js";
import { CodeCard } from "./code.js";
import { Place } from "./place.js";
import sharingCss from "./sharing.css";
import { button, fill, make, named, type Shell } from "./shell.js";
import type { Actions, View } from "./view.js";
import { ASKS, ENDED, ENDED_OTHERWISE, FAILED, WORDS } from "./words.js";

const styled = new WeakSet<Shell>();

export class SharingUi {
  private readonly frame = make("div", "frame");
  private readonly news = make("div", "quiet");
  private readonly place: Place;
  private readonly bar: Bar;
  private code: CodeCard | undefined;
  private codeOpen = true;
  private agentCount = 0;
  private request: HTMLElement | undefined;
  private requestTimer: ReturnType<typeof setTimeout> | undefined;
  private view: View | undefined;
  /** A page may throw our element out with everything else; it comes back. */
  private readonly watch = setInterval(() => this.attach(), ATTACH_EVERY_MS);

  constructor(
    private readonly shell: Shell,
    private readonly actions: Actions,
  ) {
    if (!styled.has(shell)) shell.addStyle(sharingCss);
    styled.add(shell);
    named("status", "", this.news).setAttribute("aria-live", "polite");
    this.place = new Place(shell.dock);
    this.bar = new Bar(
      actions,
      () => this.openCode(!this.code),
      () => this.place.nextCorner(),
    );
    this.place.dragBy(this.bar.element);
    shell.root.append(this.frame, this.news);
  }

  show(view: View): void {
    this.view = view;
    this.attach();
    this.frame.dataset.state = view.state;
    // Until there is a code, the loader's own note stands.
    this.frame.hidden = view.state === "starting" && !view.code;
    if (this.frame.hidden) return;
    if (view.state === "ended") {
      this.showEnded(view);
      return;
    }
    this.countAgents(view.agents.length);
    this.bar.show(view);
    const waiting = view.state === "waiting";
    this.showCode(view, (waiting || view.state === "sharing") && view.code !== "" && this.codeOpen && !this.request);
    const card = this.request ?? this.code?.element;
    // Who waits for the first agent has all in the card; with an agent there, the bar stays in reach.
    const bar = this.code && waiting ? undefined : this.bar.element;
    this.arrange(...[card, bar].filter((part) => part !== undefined));
  }

  /** Said to screen readers when they have finished the last sentence. */
  say(text: string): void {
    this.news.textContent = text;
  }

  /** Shown in the bar for a moment, and said. */
  hint(text: string): void {
    if (this.view) this.bar.hint(text, this.view);
    this.say(text);
  }

  /** Asks; no answer within the time is a refusal. A newer request takes the place of an older one. */
  ask({ request, kind, agent }: ConsentRequest): void {
    this.dismissRequest();
    const answer = (granted: boolean) => {
      this.dismissRequest();
      this.actions.answer(request, granted);
    };
    const [title, detail] = ASKS[kind](shortName(agent));
    const row = make(
      "div",
      "row",
      button("main", WORDS.allow, () => answer(true)),
    );
    row.append(button("", WORDS.notNow, () => answer(false)));
    this.request = make("div", "card request", make("h2", "", title), make("p", "", detail), row);
    named("group", title, this.request);
    this.requestTimer = setTimeout(() => answer(false), CONSENT_MS);
    this.say(title);
    if (this.view) this.show(this.view);
  }

  dismissRequest(): void {
    clearTimeout(this.requestTimer);
    this.request = undefined;
    if (this.view) this.show(this.view);
  }

  release(): void {
    clearInterval(this.watch);
    clearTimeout(this.requestTimer);
    this.code?.release();
    this.place.release();
    this.frame.remove();
    this.news.remove();
    this.shell.dock.replaceChildren();
  }

  private attach(): void {
    if (!this.shell.host.isConnected) document.documentElement.append(this.shell.host);
  }

  private showCode(view: View, wanted: boolean): void {
    if (!wanted) {
      this.code?.release();
      this.code = undefined;
      return;
    }
    this.code ??= new CodeCard(view, this.actions, () => this.openCode(false));
    this.code.show(view);
  }

  private showEnded(view: View): void {
    const { reason } = view;
    this.showCode(view, false);
    this.frame.remove();
    const failed = FAILED[reason];
    const title = failed ? WORDS.failedTitle : WORDS.endedTitle;
    const row = make("div", "row");
    if (failed) row.append(button("main", WORDS.tryAgain, this.actions.newCode));
    row.append(button("", WORDS.close, this.actions.close));
    const sentence = failed ?? ENDED[reason] ?? ENDED_OTHERWISE;
    const card = make("div", "card", make("h2", "", title), make("p", "", sentence));
    if (view.sent > 0) card.append(make("p", "soft", WORDS.sent(view.sent)));
    card.append(row);
    this.arrange(named("group", title, card));
    this.say(title);
  }

  private openCode(open: boolean): void {
    this.codeOpen = open;
    if (this.view) this.show(this.view);
    this.code?.element.focus({ preventScroll: true });
  }

  /** A code that let somebody in is done with; when the last agent has left, the next code is shown unasked. */
  private countAgents(count: number): void {
    if (count > this.agentCount) this.codeOpen = false;
    else if (count < this.agentCount && count === 0) this.codeOpen = true;
    this.agentCount = count;
  }

  /** Leaves what already stands there, so that no button loses its focus. */
  private arrange(...elements: HTMLElement[]): void {
    const now = Array.from(this.shell.dock.children);
    if (now.length !== elements.length || now.some((child, at) => child !== elements[at])) {
      fill(this.shell, ...elements);
    }
    this.place.soon();
  }
}

export function shortName(name: string): string {
  return String(name).slice(0, AGENT_NAME_CHARS);
}
