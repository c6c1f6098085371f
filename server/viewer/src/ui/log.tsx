// What has happened so far, the newest first, with times. No content of any page.
import type { Entry } from "../state/history.ts";
import { LOG_WORDS } from "../state/wording.ts";
import { timeWords } from "./words.ts";

export function LogPanel({ entries, me }: { entries: readonly Entry[]; me: string }) {
  if (entries.length === 0) return <p class="muted">Nothing has happened so far.</p>;
  return (
    <ol class="log" reversed>
      {[...entries].reverse().map(({ at_ms, what, text }, index) => (
        <li key={entries.length - index}>
          <time dateTime={new Date(at_ms).toISOString()}>{timeWords(at_ms)}</time>
          <span>{LOG_WORDS[what](text === me ? "You" : text)}</span>
        </li>
      ))}
    </ol>
  );
}
