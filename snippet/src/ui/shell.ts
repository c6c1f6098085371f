// The one element that we add to a page: a host with a closed shadow root, so that neither side's style or script reaches
// the other. It hangs on the root element, because frameworks replace the body.

export interface Shell {
  host: HTMLElement;
  root: ShadowRoot;
  /** Buttons, cards and the sharing bar stand in here, in one corner of the window. */
  dock: HTMLElement;
  addStyle(css: string): void;
}

/** How the launch button and, later, the sharing bar are placed and coloured. */
export interface Look {
  position?: "start" | "end";
  /** From the corner, any CSS length. */
  offsetX?: string;
  offsetY?: string;
  colour?: string;
}

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function button(className: string, label: string, press: (event: Event) => void): HTMLButtonElement {
  const element = make("button", className, label);
  element.type = "button";
  // Only a person's own click counts: no script of the page, nor an agent's, can press for her.
  element.onclick = (event) => {
    if (event.isTrusted) press(event);
  };
  return element;
}

/** Gives an element its role and name. Attributes, because older browsers do not reflect the properties. */
export function named<E extends Element>(role: string, label: string, element: E): E {
  element.setAttribute("role", role);
  if (label) element.setAttribute("aria-label", label);
  return element;
}

/** Puts something else in the dock. Focus that was in there stays in there. */
export function fill({ root, dock }: Shell, ...elements: HTMLElement[]): void {
  const focused = root.activeElement as HTMLElement | null;
  dock.replaceChildren(...elements);
  // What was taken out and put back has lost it as well.
  const next = focused?.isConnected ? focused : elements[0];
  if (!focused || !next) return;
  if (!next.matches("button")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
}

export function openShell(css: string, nonce: string): Shell {
  const host = make("div");
  host.dataset.vitrineUi = "";
  const root = host.attachShadow({ mode: "closed" });
  const dock = make("div", "dock");
  dock.lang = "en";
  dock.dir = getComputedStyle(document.documentElement).direction;
  root.append(dock);
  const shell = { host, root, dock, addStyle: (text: string) => addStyle(root, text, nonce) };
  shell.addStyle(css);
  document.documentElement.append(host);
  return shell;
}

/** A constructed sheet needs no `style-src`; only browsers before 2023 take the element. */
function addStyle(root: ShadowRoot, css: string, nonce: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    const element = make("style", "", css);
    element.nonce = nonce;
    root.append(element);
  }
}

export function applyLook(shell: Shell, look: Look): void {
  if (look.position) shell.dock.dataset.side = look.position;
  const properties = {
    "offset-x": look.offsetX,
    "offset-y": look.offsetY,
    accent: look.colour,
    "accent-dark": look.colour,
  };
  for (const [name, value] of Object.entries(properties)) {
    if (value) shell.host.style.setProperty(`--vitrine-${name}`, value);
  }
}
