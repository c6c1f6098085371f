// Whether this page stands in a frame of another, which has its own history and its own focus.

export const isFramed = (): boolean => window.parent !== window;

/** In a frame the focus is the surrounding page's until the agent comes in by herself. */
export function takeFocus(element: HTMLElement | null): void {
  if (!isFramed() || document.hasFocus()) element?.focus();
}
