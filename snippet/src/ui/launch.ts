// The launch button and the card that asks. Nothing is loaded or sent before its first button is pressed.
import launchCss from "./launch.css";
import { button, fill, make, named, openShell, type Shell } from "./shell.js";
import tokensCss from "./tokens.css";

const WORDS = {
  launch: "Share this page",
  title: "Share this page with our support?",
  seesTitle: "The agent will see",
  sees: "This page and what you do on it, here and on our other pages.",
  notSeesTitle: "The agent will not see",
  notSees: ["Passwords, card details and hidden fields", "Other tabs, other programs or your desktop"],
  stop: "You can stop at any time.",
  thisPageOnly: "Sharing ends when you leave this page.",
  start: "Start sharing",
  notNow: "Not now",
  starting: "Starting…",
  close: "Close",
  left: "Sharing has ended, because you left the page. Nobody sees this page now.",
  failed: "Sharing is not available right now. Please try again in a moment.",
};

export function openLaunchShell(nonce: string): Shell {
  return openShell(tokensCss + launchCss, nonce);
}

export function showButton(shell: Shell, press: () => void): void {
  const launch = button("launch main", WORDS.launch, press);
  launch.setAttribute("aria-haspopup", "dialog");
  fill(shell, launch);
}

/** Asks; `start` on the first button, `close` on the second and on Escape. */
export function showCard(shell: Shell, keepsOverPages: boolean, start: () => void, close: () => void): void {
  const title = make("h2", "", WORDS.title);
  const list = make("ul", "", ...WORDS.notSees.map((line) => make("li", "", line)));
  const ends = make("p", "soft", keepsOverPages ? WORDS.stop : `${WORDS.stop} ${WORDS.thisPageOnly}`);
  const main = button("main", WORDS.start, start);
  const card = make(
    "div",
    "card",
    title,
    make("h3", "", WORDS.seesTitle),
    make("p", "", WORDS.sees),
    make("h3", "", WORDS.notSeesTitle),
    list,
    ends,
    make("div", "row", main, button("", WORDS.notNow, close)),
  );
  named("dialog", WORDS.title, card);
  card.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };
  fill(shell, card);
  // It stands at the end of words that may have to scroll: they are read first.
  main.focus({ preventScroll: true });
}

export function showStarting(shell: Shell): void {
  showNote(shell, WORDS.starting);
}

export function showFailed(shell: Shell, close: () => void): void {
  showLast(shell, WORDS.failed, close);
}

/** An earlier page of this tab was shared until it was left. */
export function showLeft(shell: Shell, close: () => void): void {
  showLast(shell, WORDS.left, close);
}

function showLast(shell: Shell, text: string, close: () => void): void {
  showNote(shell, text).append(make("div", "row", button("", WORDS.close, close)));
}

function showNote(shell: Shell, text: string): HTMLElement {
  const card = make("div", "card", named("status", "", make("p", "", text)));
  fill(shell, card);
  return card;
}
