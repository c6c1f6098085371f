// Every number that this package keeps to, each with its unit.

/** Events wait this long for others to share a frame. */
export const BATCH_MS = 16;
/** Frames from this size on are compressed. */
export const GZIP_FROM_BYTES = 1024;
/** Used until the server says its own. */
export const WINDOW_BYTES = 1 << 20;
export const FRAME_BYTES = 8 << 20;
export const EVENTS_PER_FRAME = 1_000;

/** A server that says nothing for so long is taken for gone. */
export const SILENCE_MS = 6_000;
export const WATCH_EVERY_MS = 250;
/** From opening a socket to `welcome`: so long at first, twice as long each time in vain, up to the longest. */
export const CONNECT_FIRST_MS = 2_500;
export const CONNECT_MAX_MS = 10_000;
/** After a good connection the next try comes at once: within this time, so that not all pages come in one instant. */
export const SOON_MS = 300;
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_MAX_MS = 15_000;
export const BACKOFF_TOO_FAST_MS = 5_000;
/** A connection that held so long was a good one: the next failure starts over with a short wait. */
export const STABLE_MS = 10_000;
/** The same where the server itself sent the page elsewhere. */
export const STABLE_BEFORE_MOVING_MS = 1_000;
/** A loss that is made good within this time is not worth a word. */
export const LOST_AFTER_MS = 1_000;
/** For so long after a reconnection agents may be missing who only have to be counted again. */
export const PEOPLE_SETTLE_MS = 2_000;
/** After so long without a connection the sharing is over. */
export const GIVE_UP_MS = 600_000;
/** So many refusals of our own frames in a row end the sharing. */
export const REFUSALS_MAX = 3;

/** A longer address is cut: the server refuses it otherwise. */
export const URL_CHARS = 8_000;
export const CREATE_TIMEOUT_MS = 15_000;
/** For the page's own function to give a contact token. */
export const AUTHENTICATE_TIMEOUT_MS = 15_000;
/** A page that names its function again and again is not asked more often. */
export const CONTACT_EVERY_MS = 3_000;
/** What a page says of its customer, as JSON. The server takes no more. */
export const ATTRIBUTES_CHARS = 8_000;
/** A request for consent goes away by itself, as a refusal. */
export const CONSENT_MS = 30_000;
/** Two Escapes within this time stop the sharing. */
export const ESCAPE_TWICE_MS = 1_000;
/** A code's lifetime beyond this is a wrong clock, and no countdown is shown. */
export const CODE_LIFE_MAX_MS = 3_600_000;

export const MOUSEMOVE_BATCH_MS = 100;
export const SCROLL_MS = 100;
export const CANVAS_EVERY_MS = 500;
/** A picture of a canvas larger than this is not sent. */
export const CANVAS_PICTURE_BYTES = 2 << 20;

/** Pictures and videos whose size is told: so many of a document, so many at once, this often. */
export const SIZED_MAX = 5_000;
export const SIZES_PER_EVENT = 500;
export const SIZES_EVERY_MS = 100;

/** Assets that the server may ask this page for, and what each may weigh and take. */
export const ASSETS_MAX = 200;
export const ASSET_BYTES_MAX = 20 << 20;
export const ASSET_TIMEOUT_MS = 8_000;

export const ATTACH_EVERY_MS = 1_000;
export const AGENT_NAME_CHARS = 40;
