// The list of sessions, asked for every few seconds, and which of them are new since the agent last looked.
import { useEffect, useRef, useState } from "preact/hooks";
import { LIMITS } from "../limits.ts";
import { ApiError, api, type SessionEntry } from "../net/api.ts";
import { chime } from "./sound.tsx";

export type Sessions = { entries: SessionEntry[]; loaded: boolean; reachable: boolean; news: number };

const isOpen = (entry: SessionEntry) => entry.state !== "ended";

export function useSessions(mayList: boolean, signedOut: () => void): Sessions {
  const [state, setState] = useState<Sessions>({ entries: [], loaded: false, reachable: true, news: 0 });
  const known = useRef<Set<string> | null>(null);

  useEffect(() => {
    if (!mayList) return;
    let timer = 0;
    let stopped = false;
    const poll = async () => {
      try {
        const entries = (await api.sessions()).sessions.filter(isOpen);
        if (!stopped)
          setState((before) => ({ entries, loaded: true, reachable: true, news: before.news + arrivals(entries) }));
      } catch (error) {
        if (stopped) return;
        if (error instanceof ApiError && error.status === 401) return signedOut();
        setState((before) => ({ ...before, reachable: false }));
      }
      if (!stopped) timer = window.setTimeout(poll, LIMITS.poll_every_ms);
    };
    const arrivals = (entries: SessionEntry[]) => {
      const fresh = known.current ? entries.filter(({ session }) => !known.current?.has(session)).length : 0;
      known.current = new Set(entries.map(({ session }) => session));
      if (fresh > 0) chime();
      return document.hidden ? fresh : 0;
    };
    const seen = () => !document.hidden && setState((before) => ({ ...before, news: 0 }));
    document.addEventListener("visibilitychange", seen);
    void poll();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [mayList, signedOut]);

  return state;
}

const ORDER: readonly string[] = ["waiting", "live", "paused"];

/** Waiting customers first, then the agent's own sessions, then the newest. */
export function inOrder(entries: readonly SessionEntry[]): SessionEntry[] {
  const rank = ({ state }: SessionEntry) => (state === ORDER[0] ? 0 : 1);
  const time = ({ startedAt }: SessionEntry) => new Date(startedAt).getTime() || 0;
  return [...entries].sort((a, b) => rank(a) - rank(b) || Number(b.joined) - Number(a.joined) || time(b) - time(a));
}

export function nameOf(entry: SessionEntry): string {
  const { name } = entry.customer?.attributes ?? {};
  return name || "Customer";
}

/** Every word typed must occur somewhere in what the entry shows. */
export function matches(entry: SessionEntry, search: string): boolean {
  const { site, state, page, agents, customer } = entry;
  const shown = [
    nameOf(entry),
    site,
    state,
    page?.url,
    page?.title,
    ...agents,
    ...Object.values(customer?.attributes ?? {}),
  ];
  const text = shown.join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
