import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { CONSENT_MS } from "../src/limits.js";
import { openLaunchShell, showCard } from "../src/ui/launch.js";
import { SharingUi } from "../src/ui/sharing.js";
import type { Shell } from "../src/ui/shell.js";
import type { Actions, View } from "../src/ui/view.js";
import { nameAll } from "../src/ui/words.js";
import type { ConsentKind } from "../src/wire.js";
import { openPage } from "./support/page.js";

const VIEW: View = {
  state: "waiting",
  agents: [],
  mode: "view",
  code: "123456789",
  codeUntil: null,
  keepsOverPages: true,
  tooLarge: false,
  sent: 0,
  reason: "",
};

function setUp() {
  openPage("https://shop.example/");
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
  const done: unknown[][] = [];
  const note =
    (name: string) =>
    (...rest: unknown[]): void =>
      void done.push([name, ...rest]);
  const names = ["stop", "pause", "resume", "newCode", "hereInstead", "answer", "close"];
  const actions = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as Actions;
  const shell = openLaunchShell("");
  const ui = new SharingUi(shell, actions);
  const show = (change: Partial<View>): string => {
    ui.show({ ...VIEW, ...change });
    return shell.dock.textContent ?? "";
  };
  return { ui, shell, show, done };
}

function uiTest(name: string, body: (tools: ReturnType<typeof setUp>) => void): void {
  test(name, () => {
    const tools = setUp();
    try {
      body(tools);
    } finally {
      tools.ui.release();
      mock.timers.reset();
    }
  });
}

uiTest("the code is shown in groups of three and named digit by digit", ({ shell, show }) => {
  show({});
  const code = shell.dock.querySelector(".code");
  assert.deepEqual(
    Array.from(code?.children ?? [], (group) => group.textContent),
    ["123", "456", "789"],
  );
  assert.equal(code?.getAttribute("aria-label"), "1 2 3, 4 5 6, 7 8 9");
});

uiTest("the countdown runs, and a code that is over is struck out", ({ shell, show }) => {
  assert.match(show({ codeUntil: Date.now() + 61_000 }), /Good for 1:01/);
  mock.timers.tick(1_000);
  assert.match(shell.dock.textContent ?? "", /Good for 1:00/);
  mock.timers.tick(60_000);
  assert.match(shell.dock.textContent ?? "", /no longer good/);
  assert(shell.dock.querySelector(".code.over"));
});

const STATES: [change: Partial<View>, says: RegExp][] = [
  [{ state: "sharing", agents: [{ name: "Ann" }] }, /Sharing with Ann.*can see/],
  [{ state: "sharing", agents: [{ name: "Ann" }], mode: "pointer" }, /can see and point/],
  [{ state: "sharing", agents: [{ name: "Ann" }], mode: "control" }, /can help fill in/],
  [{ state: "paused" }, /Sharing is paused/],
  [{ state: "reconnecting" }, /Connection lost, trying again/],
  [{ state: "elsewhere" }, /another tab.*Share this tab instead/],
  [{ state: "ended", reason: "agent" }, /Sharing has ended.*The agent ended it/],
  [{ state: "ended", reason: "a word from a newer server" }, /Sharing has ended.*Nobody sees this page now/],
  [{ state: "ended", reason: "failed" }, /not available.*Try again/],
  [{ code: "" }, /Waiting for the agent/],
  [{ keepsOverPages: false }, /Sharing ends when you leave this page/],
];

for (const [change, says] of STATES) {
  uiTest(`says ${says.source}`, ({ show }) => assert.match(show(change), says));
}

const KINDS: ConsentKind[] = ["view", "control", "navigate", "action"];
for (const kind of KINDS) {
  uiTest(`a request for ${kind} that nobody answers is refused once`, ({ ui, shell, show, done }) => {
    show({ state: "sharing", agents: [{ name: "Ann" }] });
    ui.ask({ request: 7, kind, agent: "Ann" });
    assert.match(shell.dock.textContent ?? "", /Ann asks to/);
    mock.timers.tick(CONSENT_MS - 1);
    assert.deepEqual(done, []);
    mock.timers.tick(1);
    mock.timers.tick(CONSENT_MS);
    assert.deepEqual(done, [["answer", 7, false]]);
    assert.doesNotMatch(shell.dock.textContent ?? "", /Ann asks to/);
  });
}

uiTest("no script can press a button", ({ ui, shell, show, done }) => {
  show({ state: "sharing", agents: [{ name: "Ann" }] });
  ui.ask({ request: 7, kind: "control", agent: "Ann" });
  for (const key of Array.from(shell.dock.querySelectorAll("button"))) key.click();
  assert.deepEqual(done, []);
});

uiTest("an agent's name is text, and not too long", ({ ui, shell, show }) => {
  show({ state: "sharing", agents: [{ name: "Ann" }] });
  ui.ask({ request: 1, kind: "view", agent: `<img src=x>${"a".repeat(100)}` });
  assert.equal(shell.dock.querySelector("img"), null);
  assert.match(shell.dock.textContent ?? "", /<img src=x>a{29} asks to/);
});

uiTest("the host comes back when a page throws it out", ({ shell, show }) => {
  show({});
  shell.host.remove();
  mock.timers.tick(1_000);
  assert(shell.host.isConnected);
});

const PRESENT: Partial<View> = { state: "sharing", agents: [{ name: "Ann" }] };
const BOTH: Partial<View> = { state: "sharing", agents: [{ name: "Ann" }, { name: "Ben" }] };

function codeKey({ dock }: Shell): HTMLButtonElement | null {
  return dock.querySelector("button[aria-label='Code for another agent']:not([hidden])");
}

/** As a person's own click. */
function press(key: HTMLElement | null): void {
  assert(key);
  key.onclick?.({ isTrusted: true } as PointerEvent);
}

uiTest("with an agent there, the next one's code is one press away, and Stop stays in reach", ({ shell, show }) => {
  show(PRESENT);
  assert.equal(shell.dock.querySelector(".code"), null);
  press(codeKey(shell));
  assert.match(shell.dock.textContent ?? "", /Read this code to another agent.*123456789.*Sharing with Ann.*Stop/s);
  press(codeKey(shell));
  assert.equal(shell.dock.querySelector(".code"), null);
});

uiTest("a code that let somebody in goes, and comes back when the last agent has left", ({ shell, show }) => {
  show({});
  show(PRESENT);
  press(codeKey(shell));
  show({ ...BOTH, code: "987654321" });
  assert.equal(shell.dock.querySelector(".code"), null);
  show({ ...PRESENT, code: "987654321" });
  assert.equal(shell.dock.querySelector(".code"), null);
  assert.match(show({ code: "987654321" }), /Read this code to the agent.*987654321/s);
});

uiTest("with no room for another agent there is no code to show", ({ shell, show }) => {
  show(PRESENT);
  press(codeKey(shell));
  show({ ...PRESENT, code: "" });
  assert.equal(shell.dock.querySelector(".code"), null);
  assert.equal(codeKey(shell), null);
});

uiTest("while an agent is there, a code that ran out does not offer a session of its own", ({ shell, show }) => {
  const over = { codeUntil: Date.now() - 1 };
  const offers = () => shell.dock.querySelector(".card .main:not([hidden])") !== null;
  show(over);
  assert.equal(offers(), true);
  show({ ...PRESENT, ...over });
  press(codeKey(shell));
  assert.match(shell.dock.textContent ?? "", /no longer good/);
  assert.equal(offers(), false);
});

uiTest("a key keeps its focus when a card comes in above it", ({ ui, shell, show }) => {
  show(PRESENT);
  const stop = shell.dock.querySelector<HTMLElement>(".bar .stop");
  stop?.focus();
  ui.ask({ request: 7, kind: "control", agent: "Ann" });
  assert.equal(shell.root.activeElement, stop);
});

test("names are joined as a person would", () => {
  assert.equal(nameAll(["Ann"]), "Ann");
  assert.equal(nameAll(["Ann", "Ben"]), "Ann and Ben");
  assert.equal(nameAll(["Ann", "Ben", "Cy"]), "Ann and 2 others");
  assert.equal(nameAll(["Ann", "Ann"]), "Ann");
});

test("the card says so where nothing outlives the page", () => {
  openPage("https://shop.example/");
  const shell = openLaunchShell("");
  const nothing = () => {};
  showCard(shell, false, nothing, nothing);
  assert.match(shell.dock.textContent ?? "", /Sharing ends when you leave this page/);
  showCard(shell, true, nothing, nothing);
  assert.doesNotMatch(shell.dock.textContent ?? "", /leave this page/);
});
