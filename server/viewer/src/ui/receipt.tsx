// The receipt of a session that has ended: who, when, how long, which pages, and what was kept from the agent. It says only
// what this page saw itself.

import { headlinesOf } from "../state/protection.ts";
import type { SessionState } from "../state/session.ts";
import { Facts } from "./facts.tsx";
import { lastedWords, spanWords } from "./words.ts";

type Props = { state: SessionState; name: string; me: string };

export function Receipt({ state, name, me }: Props) {
  const { since_ms, until_ms, people, pages } = state.history;
  if (since_ms === null || until_ms === null) return null;
  const others = people.filter((person) => person !== me);
  const facts: [string, string][] = [
    ["Customer", `${name}, ${state.customer.verified ? "verified" : "not verified"}`],
    ["Watched by", ["you", ...others].join(", ")],
    ["When", spanWords(since_ms, until_ms)],
    ["How long", lastedWords(until_ms - since_ms)],
    ["Kept from you", (state.report && headlinesOf(state.report)) || "nothing"],
  ];
  return (
    <section class="receipt" aria-labelledby="receipt-title">
      <h3 id="receipt-title">Receipt</h3>
      <Facts facts={facts} />
      {pages.length > 0 && (
        <>
          <h4 id="receipt-pages">{pages.length === 1 ? "Page" : `${pages.length} pages`}</h4>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <ol class="pages" aria-labelledby="receipt-pages" tabIndex={0}>
            {pages.map((page) => (
              <li key={page}>{page}</li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
