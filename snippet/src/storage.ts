// What a tab remembers of its session between pages. Session storage only: it ends with the tab, and no other tab sees it.

const KEY = "vitrine.session";
/** A tab's name while it shares a page and nothing can be kept. */
const LEFT = "vitrine.left";

export interface Saved {
  /** The server that this was made with: the credential goes nowhere else. */
  base: string;
  site: string;
  session: string;
  token: string;
  socket: string;
  tab: string;
  /** The highest epoch seen. */
  epoch: number;
  joinCode: string;
  /** When the code stops being good, in ms since 1970; null if unknown. */
  codeUntil: number | null;
  paused: boolean;
  /** Pictures and the like that were sent from this browser. */
  sent?: number;
}

/** False where the browser keeps nothing: then a page load ends the session. */
export function storageWorks(): boolean {
  try {
    sessionStorage.setItem(`${KEY}.probe`, "1");
    sessionStorage.removeItem(`${KEY}.probe`);
    return true;
  } catch {
    return false;
  }
}

export function load(base: string): Saved | null {
  try {
    const saved = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Saved | null;
    return saved && saved.base === base && typeof saved.token === "string" ? saved : null;
  } catch {
    return null;
  }
}

export function save(saved: Saved): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(saved));
  } catch {
    // Without storage the session lasts as long as this page, and the customer was told so.
    tellNextPage();
  }
}

/**
 * The tab's own name carries one word to the next page: that this one was left while it was shared. A browser hands the
 * name over before the old page hears that it goes, so it stands from the start. Never over a name that the site gave.
 */
export function tellNextPage(): void {
  window.name ||= LEFT;
}

/** Whether the page before this one was left while it was shared. True once. */
export function wasLeft(): boolean {
  const left = window.name === LEFT;
  if (left) window.name = "";
  return left;
}

export function forget(): void {
  wasLeft();
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
