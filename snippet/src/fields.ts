// What is masked in every page, whatever the server's rules say. Tables only; mask.ts applies them.

/** Stands for any masked text, so that its length tells nothing. */
export const FILLER = "••••••";

/** A page tightens with these; classes that other recorders honour are taken as a wish for privacy too. */
export const ALWAYS_MASK = ["[data-vitrine-mask]", ".rr-mask", ".rr-ignore"];
export const ALWAYS_BLOCK = ["[data-vitrine-block]", "[data-vitrine-hide]", "[data-vitrine-ui]"];
/** Of these, what is not even a box for agents. */
export const ALWAYS_HIDE = ["[data-vitrine-hide]", "[data-vitrine-ui]"];

/** `autocomplete` words of fields whose value never leaves the page. */
export const SECRET_AUTOCOMPLETE = /(^|\s)(cc-[a-z-]+|one-time-code|current-password|new-password)(\s|$)/i;

/** The only `<meta name>`s whose content is sent; any other may hold a credential. */
export const OPEN_META = new Set(["viewport", "color-scheme", "theme-color", "description"]);

/** Attributes that hold words a person could read, or a program's copy of them. */
export const TEXT_ATTRIBUTE =
  /^(value|placeholder|title|alt|label|summary|content|data-.*|aria-(label|description|roledescription|placeholder|value.*|details))$/i;

/** Attributes that load or lead to something that belongs to the masked content. */
export const ADDRESS_ATTRIBUTE = /^(src|srcset|href|xlink:href|poster|background|data|cite|rr_src|rr_dataurl)$/i;

/** Attributes that tell the state of a masked choice. */
export const STATE_ATTRIBUTE = /^(checked|selected)$/i;

/** Our own marks must reach the server as they are. */
export const OWN_ATTRIBUTE = /^data-(vitrine-.*|rr-is-password)$/i;
