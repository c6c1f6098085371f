import assert from "node:assert/strict";
import { test } from "node:test";
import { Numbers } from "../src/recorder-numbers.js";
import type { PageEvent } from "../src/wire.js";
import { doc, openPage } from "./support/page.js";
import { Recording } from "./support/recording.js";

const FORM = `<form>${"<input maxlength=4>".repeat(4)}<input id=name><button>Go</button></form><p contenteditable>a <b>4</b></p>`;

interface Told {
  texts: { id: number; value: string }[];
  attributes: { id: number; attributes: { value: string } }[];
}

/** A page that is recorded, and what is told once more. */
function page() {
  const window = openPage("https://shop.example/", FORM);
  const recording = new Recording();
  recording.node(doc());
  const told: Told[] = [];
  const numbers = new Numbers(
    recording.nodeOf,
    (node) => recording.idOf(node),
    ({ data }) => told.push(data as Told),
  );
  const note = (data: object) => numbers.note({ type: 3, data, timestamp: 1 } as PageEvent);
  return {
    told,
    values: () => told.splice(0).map(({ attributes }) => attributes.map(({ attributes: { value } }) => value)),
    boxes: [...doc().querySelectorAll("input")] as HTMLInputElement[],
    find: (selector: string) => doc().querySelector(selector) as HTMLElement,
    focus: (element: Element) => note({ source: 2, type: 5, id: recording.idOf(element) }),
    type: (field: HTMLInputElement, value: string) => {
      field.value = value;
      note({ source: 5, id: recording.idOf(field), text: value, isChecked: false });
    },
    leave: (element: Element, relatedTarget: Element | null) => {
      const event = new window.Event("focusout", { bubbles: true }) as unknown as Event;
      element.dispatchEvent(Object.assign(event, { relatedTarget }));
    },
  };
}

test("a value is told once more when the focus leaves its field", () => {
  const { boxes, find, type, leave, values } = page();
  const field = boxes[4] as HTMLInputElement;
  type(field, "41111111");
  leave(field, find("button"));
  assert.deepEqual(values(), [["41111111"]]);
  type(field, "4111");
  leave(field, null);
  assert.deepEqual(values(), [], "so little was never held");
});

test("boxes of one number are told together when the focus leaves the last of them", () => {
  const { boxes, find, focus, type, leave, values } = page();
  const [one, two, three] = boxes as [HTMLInputElement, HTMLInputElement, HTMLInputElement];
  type(one, "4111");
  leave(one, two);
  type(two, "1111");
  leave(two, three);
  assert.deepEqual(values(), []);
  focus(three);
  leave(three, find("button"));
  assert.deepEqual(values(), [["4111", "1111"]]);
  one.remove();
  leave(two, find("button"));
  assert.deepEqual(values(), [], "what is gone is not told");
});

test("the texts of an editable part are told once more", () => {
  const { find, focus, leave, told } = page();
  const part = find("p");
  focus(part);
  leave(part, null);
  assert.equal(told.length, 0);
  (part.firstChild as Text).data = "4111 ";
  (find("b").firstChild as Text).data = "111";
  leave(part, null);
  assert.deepEqual(
    told.map(({ texts }) => texts.map(({ value }) => value)),
    [["4111 ", "111"]],
  );
});

test("other events and elements are not watched", () => {
  const { find, focus, leave, told } = page();
  const button = find("button");
  button.textContent = "41111111";
  focus(button);
  leave(button, null);
  assert.deepEqual(told, []);
});
