// What is drawn where the server let no picture, video or sound through: a quiet field of the size that it has for the
// customer, with a plain word. The server marks such elements; nothing more of them is known here.

const WORDS = { picture: "Picture not allowed", video: "Video not allowed", sound: "Sound not allowed" };

const GROUND = "#e9edef";
const INK = "#3d4a52";

/** Drawn for a field of any size: a word where there is room for it, a mark where there is not, the ground alone in a speck. */
function drawing(words: string): string {
  const style = `.m{display:none}@media(max-width:${words.length * 9}px),(max-height:19px){.w{display:none}.m{display:block}}@media(max-width:15px),(max-height:15px){.m{display:none}}`;
  const word = `<text class="w" x="50%" y="50%" dy=".35em" text-anchor="middle" font-family="system-ui,sans-serif" font-size="13" fill="${INK}">${words}</text>`;
  const mark = `<svg class="m" x="50%" y="50%" overflow="visible"><g fill="none" stroke="${INK}" stroke-width="1.5"><circle r="6"/><path d="M-4.2 4.2 4.2-4.2"/></g></svg>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><style>${style}</style><rect width="100%" height="100%" fill="${GROUND}"/>${word}${mark}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}

const refused = (kind: keyof typeof WORDS) => `[data-vitrine-refused="${kind}"]`;
const behind = (kind: keyof typeof WORDS) => `{ background: ${drawing(WORDS[kind])} 0 0 / 100% 100% !important }`;

/** A picture whose size is known. One of a recorder that tells none is left as small as its words. */
const sized = `:is(img,input)${refused("picture")}[style*="box-sizing:border-box!important"]`;
const inPlace = (read: string) =>
  `${sized} { content: ${drawing(WORDS.picture)}${read} !important; object-fit: fill !important }`;

/** For the player's own style sheet. What a browser cannot read of the words that are read aloud, it skips. */
export const PLACEHOLDER_RULES = [
  inPlace(""),
  inPlace(` / "${WORDS.picture}"`),
  `${sized}[aria-label] { content: ${drawing(WORDS.picture)} / "${WORDS.picture}: " attr(aria-label) !important }`,
  // Of several addresses one may be allowed after all.
  `picture:has(> source[srcset]:not([srcset=""])) > img${refused("picture")} { content: normal !important }`,
  `video:is(${refused("video")}, :has(> source${refused("video")})) ${behind("video")}`,
  `audio:is(${refused("sound")}, :has(> source${refused("video")})) ${behind("sound")}`,
];
