// The two places of this page, in the address's fragment, so that a base path or a proxy in front never matters.
import { useEffect, useState } from "preact/hooks";
import { isFramed } from "../embed/framed.ts";

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

/** The history of a frame is the surrounding page's, and its Back button must not lead through our places. */
export function go(href: string): void {
  if (isFramed()) location.replace(href);
  else location.hash = href;
}

/** For links, in place of what the browser does with them. */
export function followLink(event: MouseEvent): void {
  if (!isFramed()) return;
  event.preventDefault();
  go((event.currentTarget as HTMLAnchorElement).hash);
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

const PLACE = "vitrine-place";

/** The way to the provider loses the fragment: keeps it for when she is back in this tab. */
export function keepPlace(): void {
  if (location.hash !== "") sessionStorage.setItem(PLACE, location.hash);
}

/** Goes where she was before she went to the provider, once. */
export function returnToPlace(): void {
  const place = sessionStorage.getItem(PLACE);
  if (place === null) return;
  sessionStorage.removeItem(PLACE);
  if (location.hash === "") go(place);
}
