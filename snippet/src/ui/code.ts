// The card with the code that the customer reads out.
import { button, make, named } from "./shell.js";
import type { Actions, View } from "./view.js";
import { WORDS } from "./words.js";

export class CodeCard {
  readonly element: HTMLElement;
  private readonly title = make("h2");
  private readonly digits = make("div", "code");
  private readonly life = make("p", "soft");
  private readonly note = make("p");
  private readonly copy: HTMLButtonElement;
  private readonly renew: HTMLButtonElement;
  private readonly timer: ReturnType<typeof setInterval>;
  private code = "";
  private another = false;
  private until: number | null = null;

  constructor(view: View, actions: Actions, hide: () => void) {
    this.copy = button("", WORDS.copy, () => void this.copyCode());
    this.renew = button("main", WORDS.newCode, actions.newCode);
    const row = make("div", "row", this.renew, button("", WORDS.hideCode, hide));
    row.append(button("stop", WORDS.stopSharing, actions.stop));
    const below = make("div", "inline", this.life, this.copy);
    this.element = make("div", "card", this.title, this.digits, below, this.note, row);
    this.element.tabIndex = -1;
    this.timer = setInterval(() => this.tick(), 1000);
    this.show(view);
  }

  show({ code, codeUntil, state, keepsOverPages }: View): void {
    this.until = codeUntil;
    this.another = state === "sharing";
    this.title.textContent = this.another ? WORDS.readCodeToAnother : WORDS.readCode;
    named("group", this.title.textContent, this.element).classList.toggle("another", this.another);
    const visible = keepsOverPages ? WORDS.visible : `${WORDS.visible} ${WORDS.thisPageOnly}`;
    this.note.textContent = this.another ? WORDS.visibleToo : visible;
    if (code !== this.code) {
      this.code = code;
      this.digits.replaceChildren(...inThrees(code).map((group) => make("span", "", group)));
      // Read out digit by digit, with a breath after each group.
      const spoken = inThrees(code).map((group) => [...group].join(" "));
      named("img", spoken.join(", "), this.digits);
    }
    this.tick();
  }

  release(): void {
    clearInterval(this.timer);
    this.element.remove();
  }

  private tick(): void {
    const left_ms = this.until === null ? null : this.until - Date.now();
    const over = left_ms !== null && left_ms <= 0;
    this.life.hidden = left_ms === null;
    this.life.textContent = over ? WORDS.codeOver : WORDS.goodFor(asClock(left_ms ?? 0));
    this.digits.classList.toggle("over", over);
    this.copy.hidden = over;
    // A session of its own would end this one: while an agent is there, the server's next code is waited for.
    this.renew.hidden = !over || this.another;
  }

  private async copyCode(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.code);
      this.copy.textContent = WORDS.copied;
      setTimeout(() => {
        this.copy.textContent = WORDS.copy;
      }, 2000);
    } catch {
      // Not allowed on this page: the digits can be selected as one.
      getSelection()?.selectAllChildren(this.digits);
    }
  }
}

function inThrees(code: string): string[] {
  return code.match(/.{1,3}/g) ?? [];
}

function asClock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
