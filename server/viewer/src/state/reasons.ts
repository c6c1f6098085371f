// Plain words for what the server keeps back. `REASONS` has a row for every reason that the server can send
// (test/reasons.json lists them, and a test holds the two together); what it does not know falls to `UNKNOWN`.

export type GroupName =
  | "masked"
  | "blocked"
  | "scripts"
  | "files"
  | "parts"
  | "details"
  | "styles"
  | "changes"
  | "limits"
  | "other";
type GroupWords = { one: string; many: string; note: string };
/** `group` only of what is removed: what is masked or blocked is in the group of that name. */
export type Reason = { words: string; group?: GroupName };

/** In the order in which they are shown. */
export const GROUPS: Readonly<Record<GroupName, GroupWords>> = {
  masked: { one: "part masked", many: "parts masked", note: "Masked text reads ••••••." },
  blocked: { one: "part blocked", many: "parts blocked", note: "A blocked part is an empty box." },
  scripts: { one: "script removed", many: "scripts removed", note: "Nothing on the page can act in your browser." },
  files: {
    one: "file not allowed",
    many: "files not allowed",
    note: "Pictures, fonts and style sheets come only from listed places.",
  },
  parts: { one: "unseen part removed", many: "unseen parts removed", note: "They carry nothing to look at." },
  details: { one: "detail left out", many: "details left out", note: "The page looks the same without them." },
  styles: { one: "style left out", many: "styles left out", note: "The page may look a little different." },
  changes: { one: "change not shown", many: "changes not shown", note: "They do not fit the page as you see it." },
  limits: { one: "thing over a limit", many: "things over a limit", note: "Limits keep the picture quick." },
  other: { one: "other thing left out", many: "other things left out", note: "This page has no name for them." },
};

/** For a reason of a newer server. */
export const UNKNOWN: Required<Reason> = { words: "Kept back to be on the safe side", group: "other" };

const group = (name: GroupName, rows: Record<string, string>): [string, Reason][] =>
  Object.entries(rows).map(([reason, words]) => [reason, { words, group: name }]);

/** What masks, blocks or hides without a rule of the operator's own. */
const RULES: Record<string, string> = {
  "fixed:password": "Password fields",
  "fixed:card": "Payment card fields",
  "fixed:one-time-code": "Fields for a one-time code",
  "fixed:hidden-input": "Form fields that the customer does not see",
  "fixed:meta-token": "Secrets in the page's settings",
  "fixed:frame": "Frames of another website, such as payment fields",
  "fixed:vitrine-ui": "The customer's own sharing controls",
  "page:data-vitrine-mask": "Marked as private by the website",
  "page:data-vitrine-block": "Marked as private by the website",
  "page:data-vitrine-hide": "Marked as private by the website",
  "page:data-vitrine-no-control": "Marked by the website as not to be used by agents",
  "pattern:payment-card": "Text that looks like a card number",
  "pattern:iban": "Text that looks like a bank account number",
  "pattern:email": "Text that looks like an email address",
  "pattern:phone": "Text that looks like a phone number",
  "pattern:held": "A number that is still being typed",
};

const UNREADABLE = "Styles that cannot be read";
const UNLISTED = "Styles of a kind that is not shown";
const ANIMATION = "Animations inside drawings";
const FOREIGN_MESSAGE = "Messages that are no picture of the page";
const NOT_ON_PAGE = "Changes to something that is not on the page";

export const REASONS: ReadonlyMap<string, Reason> = new Map([
  ...Object.entries(RULES).map(([reason, words]): [string, Reason] => [reason, { words }]),
  ...group("scripts", {
    "element:script": "Scripts",
    "element:handler": "Scripts inside drawings",
    "element:listener": "Scripts inside drawings",
    "attribute:handler": "Scripts that wait for a click or key",
    "attribute:srcdoc": "Pages written into a frame",
    "url:script": "Scripts in place of an address",
  }),
  ...group("files", {
    "url:not-allowed": "From a place that is not listed",
    "url:media": "Sound or video, which is switched off",
    "url:reads-data": "A picture that would show when the customer types or chooses something",
    "url:data-not-allowed": "Built into the page, which is switched off",
    "url:data-type": "Built into the page, of a kind that is not shown",
    "url:data-bytes": "Built into the page, and not what they claim to be",
    "url:blob": "Made inside the customer's browser",
    "url:scheme": "With an address that is not one of the web",
    "url:credentials": "With a password in the address",
    "url:masked": "With something masked in the address",
    "url:too-long": "With an address that is too long",
    "url:malformed": "With an address that cannot be read",
    "url:relative": "With an address that is not whole",
    "url:srcset": "In a list of sizes that cannot be read",
  }),
  ...group("parts", {
    "element:noscript": "Text for browsers without scripts",
    "element:noembed": "Text for old browsers",
    "element:noframes": "Text for old browsers",
    "element:template": "Building blocks that are not in use",
    "element:base": "Settings of the page",
    "element:meta": "Settings of the page",
    "element:basefont": "Settings of the page",
    "element:track": "Captions of videos",
    "element:param": "Settings of embedded programs",
    "element:bgsound": "Background sounds",
    "element:keygen": "Fields that make secret keys",
    "element:metadata": "Notes inside drawings",
    "element:animate": ANIMATION,
    "element:animateColor": ANIMATION,
    "element:animateMotion": ANIMATION,
    "element:animateTransform": ANIMATION,
    "element:set": ANIMATION,
    "element:discard": ANIMATION,
  }),
  ...group("details", {
    "attribute:action": "Where a form sends what is typed",
    "attribute:ping": "Who is told of a click",
    "attribute:nonce": "Secrets of the page's scripts",
    "attribute:url": "Addresses where none belongs",
    "attribute:not-listed": "Not needed to show the page",
  }),
  ...group("styles", {
    "css:syntax": UNREADABLE,
    "css:bad-token": UNREADABLE,
    "css:property": UNLISTED,
    "css:function": UNLISTED,
    "css:at-rule": UNLISTED,
    "css:@charset": UNLISTED,
    "css:@namespace": UNLISTED,
    "css:@document": UNLISTED,
    "css:@import": "Style sheets that may not load another",
    "css:url": "Styles with an address in an odd place",
    "css:string": "Words in styles that may not be shown",
    "css:attr": "Styles that read what is masked",
    "css:masked": "Styles that show what is masked",
    "css:depth": "Styles nested too deep",
    "css:size": "Styles that are too long",
  }),
  ...group("changes", {
    "event:unknown-node": NOT_ON_PAGE,
    "event:text-of-no-text": NOT_ON_PAGE,
    "event:refused": "Changes that contradict the page; a fresh picture was fetched",
    "event:before-snapshot": "Changes from before the page was there",
    "event:font": "Fonts that may not be loaded",
    "event:font-bytes": "Fonts made inside the customer's browser",
    "event:not-media": NOT_ON_PAGE,
    "event:not-canvas": NOT_ON_PAGE,
    "event:nested-rule": "Changes inside styles that are not there",
    "event:style-declaration": "Changes to styles that are not there",
    "event:canvas-command": "Drawing steps, of which only the picture is shown",
    "canvas:not-a-picture": "Drawings that are no picture",
    "event:custom-element": FOREIGN_MESSAGE,
    "event:log": FOREIGN_MESSAGE,
    "event:custom": FOREIGN_MESSAGE,
    "event:plugin": FOREIGN_MESSAGE,
    "event:asset": FOREIGN_MESSAGE,
    "event:annotation": FOREIGN_MESSAGE,
    "event:unknown-source": FOREIGN_MESSAGE,
    "event:unknown-type": FOREIGN_MESSAGE,
  }),
  ...group("limits", {
    "limit:mirror_bytes": "The page is too large",
    "limit:work_bytes": "Too many changes at once",
    "limit:events_per_frame": "Too many changes at once",
    "limit:nodes": "Too many elements",
    "limit:depth": "Elements nested too deep",
    "limit:attributes": "Too many details",
    "limit:attributes_per_element": "An element with too many details",
    "limit:text_bytes": "A text that is too long",
    "limit:url_bytes": "An address that is too long",
    "limit:early_urls": "Too many pictures and fonts to fetch in advance",
    "limit:sheet_urls": "Too many pictures and fonts in one style sheet",
    "canvas:too-large": "A drawing that is too large",
    "limit:fonts": "Too many fonts",
    "limit:sheet_bytes": "A style sheet that is too long",
    "limit:rules_per_sheet": "A style sheet with too many rules",
    "limit:adopted_sheets": "Too many style sheets",
  }),
]);
