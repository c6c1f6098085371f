import assert from "node:assert/strict";
import { test } from "node:test";
import { FILLER } from "../src/fields.js";
import { Masker, type SerializedNode } from "../src/mask.js";
import type { PageEvent, Rules } from "../src/wire.js";
import { doc, openPage } from "./support/page.js";
import { Recording } from "./support/recording.js";

interface Case {
  name: string;
  html: string;
  rules?: Partial<Rules>;
  gone: string[];
  kept?: string[];
}

const SNAPSHOTS: Case[] = [
  { name: "password", html: "<input type=password value=S1><p>Shop</p>", gone: ["S1"], kept: ["Shop"] },
  { name: "password shown as text", html: "<input type=text data-rr-is-password=true value=S1>", gone: ["S1"] },
  { name: "card number", html: '<input autocomplete="section-a billing cc-number" value=S1>', gone: ["S1"] },
  { name: "card code, other case", html: '<input autocomplete="CC-CSC" value=S1>', gone: ["S1"] },
  {
    name: "card expiry as a choice",
    html: "<select autocomplete=cc-exp-month><option value=S1 selected>S2</select>",
    gone: ["S1", "S2", "selected"],
  },
  { name: "one-time code", html: "<input autocomplete=one-time-code value=S1>", gone: ["S1"] },
  { name: "password by autocomplete", html: "<input autocomplete=current-password value=S1>", gone: ["S1"] },
  { name: "ordinary field", html: "<input autocomplete=street-address value=Road>", gone: [], kept: ["Road"] },
  { name: "password, ignored by class", html: "<input type=password class=rr-ignore value=S1>", gone: ["S1"] },
  { name: "any ignored field", html: "<input class=rr-ignore value=S1>", gone: ["S1"] },
  { name: "hidden input", html: "<input type=hidden value=S1>", gone: ["S1"] },
  { name: "chosen file", html: "<input type=file value=S1>", gone: ["S1"] },
  {
    name: "meta credential",
    html: '<meta name=csrf-token content=S1><meta name=viewport content="width=1">',
    gone: ["S1"],
    kept: ["width=1"],
  },
  { name: "srcdoc", html: '<iframe srcdoc="<input type=password value=S1>"></iframe>', gone: ["S1", "srcdoc"] },
  {
    name: "text by rule",
    html: "<p class=secret>S1 <b>S2</b></p><p>Shop</p>",
    rules: { mask: [".secret"] },
    gone: ["S1", "S2"],
    kept: ["Shop"],
  },
  {
    name: "attributes by rule",
    html: "<p class=secret title=S1 aria-label=S2 data-x=S3><img src=S4 alt=S5 srcset=S6></p>",
    rules: { mask: [".secret"] },
    gone: ["S1", "S2", "S3", "S4", "S5", "S6"],
    kept: ["secret"],
  },
  {
    name: "what the recorder blocked says by which rule",
    html: "<div id=chat rr_width=10px></div><div id=internal rr_width=10px></div>",
    rules: { block: ["#chat"], hide: ["#internal"] },
    gone: [],
    kept: ['"data-vitrine-block":""', '"data-vitrine-hide":""'],
  },
  {
    name: "choices by rule",
    html: "<div class=secret><input type=checkbox checked value=S1></div>",
    rules: { mask: [".secret"] },
    gone: ["S1", '"checked":'],
  },
  {
    name: "placeholder and button by rule",
    html: "<div class=secret><input placeholder=S1><input type=submit value=S2></div>",
    rules: { mask: [".secret"] },
    gone: ["S1", "S2"],
  },
  { name: "blocked, but still told", html: "<div class=widget>S1</div>", rules: { block: [".widget"] }, gone: ["S1"] },
  { name: "hidden, but still told", html: "<div id=internal>S1</div>", rules: { hide: ["#internal"] }, gone: ["S1"] },
  { name: "the page's own mark", html: "<div data-vitrine-mask>S1</div>", gone: ["S1"] },
  {
    name: "one unreadable rule among good ones",
    html: "<p class=a>S1</p>",
    rules: { mask: ["p:::x", ".a"] },
    gone: ["S1"],
  },
  {
    name: "style inside a mask",
    html: "<div class=secret><style>p{color:red}</style>S1</div>",
    rules: { mask: [".secret"] },
    gone: ["S1"],
    kept: ["color:red"],
  },
  { name: "noscript", html: "<noscript>S1</noscript>", gone: ["S1"] },
];

for (const { name, html, rules = {}, gone, kept = [] } of SNAPSHOTS) {
  test(`snapshot: ${name}`, () => {
    openPage("https://shop.example/", html);
    const recording = new Recording();
    const masker = new Masker(recording.nodeOf);
    masker.setRules(rules);
    const sent = JSON.stringify(masker.clean({ type: 2, timestamp: 1, data: { node: recording.node(doc()) } }));
    for (const text of gone) assert(!sent.includes(text), `${text} in ${sent}`);
    for (const text of kept) assert(sent.includes(text), `${text} not in ${sent}`);
  });
}

/** A page with one masked place, recorded, and what a change in it becomes. */
function changed(html: string, data: (recording: Recording) => unknown): string {
  openPage("https://shop.example/", html);
  const recording = new Recording();
  const masker = new Masker(recording.nodeOf);
  masker.setRules({ mask: [".secret"] });
  masker.clean({ type: 2, timestamp: 1, data: { node: recording.node(doc()) } });
  return JSON.stringify(masker.clean({ type: 3, timestamp: 2, data: data(recording) } as PageEvent));
}

const find = (selector: string): HTMLElement => doc().querySelector<HTMLElement>(selector) as HTMLElement;

test("text that changes inside a mask is filler, and white space one space", () => {
  const texts = (value: string) =>
    changed("<p class=secret><b>old</b></p>", (recording) => ({
      source: 0,
      texts: [{ id: recording.idOf(find("b").firstChild), value }],
      attributes: [],
      removes: [],
      adds: [],
    }));
  assert.match(texts("S1"), new RegExp(`"value":"${FILLER}"`));
  assert.match(texts(" \n "), /"value":" "/);
});

const INSIDE_A_SHADOW_ROOT = "<div class=secret><span></span></div>";

function openShadow(recording: Recording): { hostId: number; node: SerializedNode } {
  const root = find("span").attachShadow({ mode: "open" });
  root.innerHTML = "<i title=S2>S1</i>";
  return { hostId: recording.idOf(find("span")), node: recording.node(root.firstChild as Node) };
}

test("a node added to a shadow root inside a mask is masked", () => {
  const sent = changed(INSIDE_A_SHADOW_ROOT, (recording) => {
    const { hostId, node } = openShadow(recording);
    return { source: 0, texts: [], attributes: [], removes: [], adds: [{ parentId: hostId, nextId: null, node }] };
  });
  assert(!sent.includes("S1") && !sent.includes("S2"), sent);
});

test("text that changes in a shadow root inside a mask is masked", () => {
  const sent = changed(INSIDE_A_SHADOW_ROOT, (recording) => {
    const id = openShadow(recording).node.childNodes?.[0]?.id;
    return { source: 0, texts: [{ id, value: "S1" }], attributes: [], removes: [], adds: [] };
  });
  assert(!sent.includes("S1"), sent);
});

test("a node once masked stays masked when its class goes", () => {
  const sent = changed("<p class=secret>old</p>", (recording) => {
    find("p").className = "";
    const id = recording.idOf(find("p").firstChild);
    return { source: 0, texts: [{ id, value: "S1" }], attributes: [], removes: [], adds: [] };
  });
  assert(!sent.includes("S1"), sent);
});

test("typing into a password field shown as text is filler", () => {
  const sent = changed("<input type=password>", (recording) => {
    find("input").setAttribute("type", "text");
    return { source: 5, id: recording.idOf(find("input")), text: "S1", isChecked: false };
  });
  assert(sent.includes(FILLER) && !sent.includes("S1"), sent);
});

test("what happens to a choice inside a mask is not told", () => {
  const sent = changed("<div class=secret><input type=checkbox></div>", (recording) => ({
    source: 5,
    id: recording.idOf(find("input")),
    text: "on",
    isChecked: true,
  }));
  assert(sent.includes('"isChecked":false') && !sent.includes('"on"'), sent);
});

test("a value attribute that changes on a hidden input is filler", () => {
  const sent = changed("<input type=hidden>", (recording) => ({
    source: 0,
    texts: [],
    attributes: [{ id: recording.idOf(find("input")), attributes: { value: "S1" } }],
    removes: [],
    adds: [],
  }));
  assert(sent.includes(FILLER) && !sent.includes("S1"), sent);
});

test("srcdoc never leaves as a change", () => {
  const sent = changed("<iframe></iframe>", (recording) => ({
    source: 0,
    texts: [],
    attributes: [{ id: recording.idOf(find("iframe")), attributes: { srcdoc: "S1", width: "5" } }],
    removes: [],
    adds: [],
  }));
  assert(!sent.includes("S1") && sent.includes('"width":"5"'), sent);
});

test("what cannot be found cannot be judged, and is masked", () => {
  const sent = changed("", () => ({
    source: 0,
    texts: [{ id: 999, value: "S1" }],
    attributes: [],
    removes: [],
    adds: [],
  }));
  assert(!sent.includes("S1"), sent);
});

test("a change in a password's value is filler even where the field is unknown to the page", () => {
  const sent = changed("", () => ({ source: 5, id: 999, text: "S1", isChecked: true }));
  assert(!sent.includes("S1"), sent);
});

test("pointer positions over nodes that are not recorded are left out", () => {
  const positions = (ids: number[]) =>
    changed("<p>x</p>", () => ({ source: 1, positions: ids.map((id) => ({ id, x: 1, y: 1, timeOffset: 0 })) }));
  assert.equal(positions([-2, -1]), "null");
  assert.equal(positions([-2, 3]).match(/timeOffset/g)?.length, 1);
});

test("kinds of events that the recorder has no business to make are not sent", () => {
  openPage("https://shop.example/");
  const masker = new Masker(() => null);
  for (const type of [0, 1, 5, 6, 7, 8, 99]) assert.equal(masker.clean({ type, data: {}, timestamp: 1 }), null);
});

test("a page nested deeper than any stack is masked all the same", () => {
  openPage("https://shop.example/");
  let node: { type: number; id: number; tagName: string; attributes: object; childNodes: unknown[] } | undefined;
  for (let depth = 0; depth < 50_000; depth += 1) {
    node = { type: 2, id: 1, tagName: "div", attributes: { title: "S1" }, childNodes: node ? [node] : [] };
  }
  const masker = new Masker(() => null);
  masker.clean({ type: 2, timestamp: 1, data: { node } });
  assert.deepEqual(node?.attributes, { title: FILLER });
});
