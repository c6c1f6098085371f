// What a stock player changes by itself while it builds a page. Everything else must arrive as it was sent.
//
// | the player | so the comparison |
// |---|---|
// | adds style elements of its own to every document | leaves out nodes without a number |
// | builds a `link` that carries its sheet as a `style` | expects the `style` |
// | writes a sheet's text, and a textarea's, as a child of its own | compares rules and values instead |
// | adds a `.\:hover` twin to every `:hover` selector, and rewrites `*-device-*` queries | takes both out of the rules |
// | keeps `rr_` attributes as sizes, scroll positions and media states | leaves them out, all but `rr_open_mode` |
// | gives sizes of blocked boxes as styles | expects those styles |
// | sets `autocomplete=off` on fields | leaves it out |
// | applies typing to properties, not to attributes | compares the properties |
// | marks what the pointer is over, and a page that waits, by classes | leaves these classes out, and the classes' order |
// | writes style changes declaration by declaration | compares declarations without their order |
// | skips attributes whose value is null, and a `selected` that is false | leaves them out |
import type { SerializedNode } from "../wire.ts";

const FIELDS = new Set(["input", "textarea"]);
const HELD_AS_PROPERTY = new Set(["value", "checked", "selected"]);
const HOLDERS = new Set(["input", "textarea", "select", "option"]);
const KEPT_PRIVATE_ATTRIBUTE = "rr_open_mode";

export const isLeftOut = (tag: string, name: string): boolean =>
  name === "_cssText" ||
  (name.startsWith("rr_") && name !== KEPT_PRIVATE_ATTRIBUTE) ||
  (name === "autocomplete" && FIELDS.has(tag)) ||
  (HELD_AS_PROPERTY.has(name) && HOLDERS.has(tag));

/** Whether the player keeps the children's text somewhere else than in the children. */
export const holdsOwnText = (tag: string): boolean => tag === "style" || tag === "textarea";

export const builtTag = ({ tagName = "", attributes = {} }: SerializedNode): string =>
  tagName === "link" && attributes._cssText ? "style" : tagName;

const scratch = document.implementation.createHTMLDocument().createElement("i");

const PLAYERS_CLASSES = new Set([":hover", ":active", "touch-active", "rrweb-paused"]);

/** The classes of an attribute without the player's own. */
export const classes = (text: string): string =>
  [...new Set(text.split(/[\t\n\f\r ]+/).filter((word) => word && !PLAYERS_CLASSES.has(word)))].sort().join(" ");

/** What `declarations` gave lately: a page compared again has mostly the same texts. */
const given = new Map<string, string>();
const MOST_GIVEN = 100_000;

/** The declarations of a style attribute, in an order that says nothing. */
export function declarations(text: string, sizes: Record<string, unknown> = {}): string {
  const { rr_width = "", rr_height = "" } = sizes;
  if (!text && !rr_width && !rr_height) return "";
  const key = `${rr_width}|${rr_height}|${text}`;
  const known = given.get(key);
  if (known !== undefined) return known;
  if (given.size >= MOST_GIVEN) given.clear();
  const found = parsed(text, sizes);
  given.set(key, found);
  return found;
}

function parsed(text: string, { rr_width, rr_height }: Record<string, unknown>): string {
  scratch.setAttribute("style", text);
  if (rr_width !== undefined) scratch.style.setProperty("width", String(rr_width));
  if (rr_height !== undefined) scratch.style.setProperty("height", String(rr_height));
  return [...scratch.style]
    .map((name) => `${name}: ${scratch.style.getPropertyValue(name)} ${scratch.style.getPropertyPriority(name)}`.trim())
    .sort()
    .join("; ");
}

/** A sheet's rules without the selectors and queries that the player wrote. */
export function rules(list: CSSRuleList): string[] {
  return [...list].map((rule) => rule.cssText.replace(/,\s*[^,{}]*\.\\:hover[^,{}]*/g, "").replaceAll("-device-", "-"));
}
