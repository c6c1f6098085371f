// The sessions in the rail: who, where, since when, and in which state.
import { useState } from "preact/hooks";
import type { SessionEntry } from "../net/api.ts";
import { Icon } from "./icons.tsx";
import { followLink, sessionHref } from "./route.ts";
import { inOrder, matches, nameOf, type Sessions } from "./sessions.ts";
import { hostOf, sinceWords } from "./words.ts";

type Props = { sessions: Sessions; mayMonitor: boolean; mayList: boolean };

const STATE_WORDS: Readonly<Record<string, string>> = { waiting: "Waiting", live: "Live", paused: "Paused" };

export function SessionList({ sessions, mayMonitor, mayList }: Props) {
  const [search, setSearch] = useState("");
  const found = inOrder(sessions.entries.filter((entry) => matches(entry, search)));
  return (
    <>
      <div class="list-head">
        <h2>Sessions</h2>
        <label class="search">
          <Icon name="search" />
          <span class="sr-only">Search sessions</span>
          <input
            type="search"
            placeholder="Search"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
      </div>
      {!sessions.reachable && (
        <output class="notice warn">The list may be old: the server cannot be reached. Trying again.</output>
      )}
      <p class="empty">{emptyWords(sessions, mayList, found.length, search)}</p>
      <ul class="list">
        {found.map((entry) => (
          <li key={entry.session}>
            {entry.joined || mayMonitor ? (
              <a class="entry" href={sessionHref(entry.session)} onClick={followLink}>
                <Entry entry={entry} />
              </a>
            ) : (
              <div class="entry">
                <Entry entry={entry} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Entry({ entry }: { entry: SessionEntry }) {
  const { site, state, startedAt, page, customer, agents } = entry;
  const detail = page ? page.title || hostOf(page.url) : "Join with their code";
  return (
    <>
      <span class="entry-top">
        <strong>{nameOf(entry)}</strong>
        <span class={`state state-${state}`}>{STATE_WORDS[state] ?? state}</span>
      </span>
      <span class="entry-detail">{detail}</span>
      <span class="entry-meta">
        <span>{site}</span>
        <span>{sinceWords(startedAt, Date.now())}</span>
        {customer && (
          <span class={customer.verified ? "verified" : ""}>{customer.verified ? "verified" : "not verified"}</span>
        )}
        {agents.length > 0 && <span>with {agents.join(", ")}</span>}
      </span>
    </>
  );
}

function emptyWords({ entries, loaded }: Sessions, mayList: boolean, found: number, search: string): string {
  if (!mayList) return "Your account opens sessions by code only.";
  if (!loaded) return "Loading";
  if (entries.length === 0) return "No one is waiting.";
  return found === 0 ? `Nothing matches “${search}”.` : "";
}
