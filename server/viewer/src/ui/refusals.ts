// Why signing in at the provider came to nothing, by the word that the server puts into this page's address.

const SENTENCES: Readonly<Record<string, string>> = {
  denied: "Signing in was not completed there. Please try again.",
  expired: "That took too long, or was begun in another window. Please try again.",
  "no-role": "You are known there, but have no role here yet. Ask whoever manages access in your team.",
  "not-trusted":
    "The answer from there could not be trusted. Please try again; if it stays so, tell your administrator.",
  unreachable: "Signing in there does not work at the moment. Please try again in a minute.",
  busy: "Too many tries. Please wait a minute, then try again.",
};

/** Takes the word out of the address, so that a reload does not tell it again. */
export function takeRefusal(): string {
  const word = new URLSearchParams(location.search).get("sign-in");
  if (word === null) return "";
  history.replaceState(null, "", location.pathname + location.hash);
  return Object.hasOwn(SENTENCES, word) ? (SENTENCES[word] ?? "") : "";
}
