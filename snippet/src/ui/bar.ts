// The bar that stays in reach while sharing: who sees the page, what they may do, and how to stop it.
import { type Icon, icon } from "./icons.js";
import { button, make, named } from "./shell.js";
import type { Actions, View } from "./view.js";
import { MODE, nameAll, WORDS } from "./words.js";

type Line = [title: string, detail: string, picture: Icon];

const HINT_MS = 1500;
const MODE_ICON = { view: "eye", pointer: "pointer", control: "pencil" } as const;

export class Bar {
  readonly element: HTMLElement;
  private readonly title = make("b");
  private readonly detail = make("span", "mode");
  private readonly showCode: HTMLButtonElement;
  private readonly pause: HTMLButtonElement;
  private readonly resume: HTMLButtonElement;
  private readonly here: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly close: HTMLButtonElement;
  private hintTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(actions: Actions, showCode: () => void, move: () => void) {
    const grip = button("grip", "", move);
    grip.append(icon("grip"));
    named("button", WORDS.move, grip).title = WORDS.move;
    this.showCode = button("", WORDS.showCode, showCode);
    this.pause = button("", WORDS.pause, actions.pause);
    this.resume = button("main", WORDS.resume, actions.resume);
    this.here = button("main", WORDS.hereInstead, actions.hereInstead);
    this.stop = button("stop", WORDS.stop, actions.stop);
    this.stop.title = WORDS.stopSharing;
    this.close = button("", WORDS.close, actions.close);
    const keys = make("div", "keys", this.showCode, this.pause, this.resume, this.here, this.stop, this.close);
    this.element = make("div", "bar", grip, make("div", "who", this.title, this.detail), keys);
    named("group", WORDS.stillSharing, this.element);
  }

  /** Says something else in the second line for a moment. */
  hint(text: string, view: View): void {
    this.detail.textContent = text;
    clearTimeout(this.hintTimer);
    this.hintTimer = setTimeout(() => this.show(view), HINT_MS);
  }

  show(view: View): void {
    clearTimeout(this.hintTimer);
    const { state } = view;
    const [title, detail, picture] = lineFor(view);
    this.element.dataset.state = state;
    this.title.textContent = title;
    this.detail.replaceChildren(icon(picture), detail);
    this.detail.title = view.sent > 0 ? WORDS.sent(view.sent) : "";
    this.showCodeKey(view);
    this.pause.hidden = state !== "sharing";
    this.resume.hidden = state !== "paused";
    this.here.hidden = this.close.hidden = state !== "elsewhere";
    this.stop.hidden = state === "elsewhere";
  }

  /** With an agent there, the code is for the next one, and the word is short: the bar fits a phone in one row of buttons. */
  private showCodeKey({ state, code }: View): void {
    const another = state === "sharing";
    this.showCode.hidden = !code || !(another || state === "waiting");
    this.showCode.textContent = another ? WORDS.code : WORDS.showCode;
    const name = another ? WORDS.codeForAnother : WORDS.showCode;
    this.showCode.setAttribute("aria-label", name);
    this.showCode.title = name;
  }
}

function lineFor({ state, agents, mode, tooLarge }: View): Line {
  if (state === "reconnecting") return [WORDS.lost, WORDS.lostDetail, "warn"];
  if (state === "starting") return [WORDS.connecting, WORDS.connectingDetail, "wait"];
  if (state === "paused") return [WORDS.paused, WORDS.pausedDetail, "pause"];
  if (state === "elsewhere") return [WORDS.elsewhere, WORDS.lostDetail, "wait"];
  if (tooLarge) return [WORDS.tooLarge, WORDS.tooLargeDetail, "warn"];
  if (agents.length === 0) return [WORDS.waiting, WORDS.nobodyYet, "wait"];
  return [WORDS.sharingWith(nameAll(agents.map(({ name }) => name))), MODE[mode], MODE_ICON[mode]];
}
