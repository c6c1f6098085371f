// The two places of this page, in the address's fragment, so that a base path or a proxy in front never matters.
import { useEffect, useState } from "preact/hooks";

export type Route = { place: "lobby" } | { place: "session"; session: string };

export function readRoute(hash: string): Route {
  const session = /^#\/session\/([^/?#]+)$/.exec(hash)?.[1];
  if (!session) return { place: "lobby" };
  try {
    return { place: "session", session: decodeURIComponent(session) };
  } catch {
    return { place: "lobby" };
  }
}

export const sessionHref = (session: string): string => `#/session/${encodeURIComponent(session)}`;

export function go(href: string): void {
  location.hash = href;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return readRoute(hash);
}
