// Where the customer's page is shown: at its true proportions, scaled as a whole, out of reach of mouse and keyboard.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session, SessionState } from "../state/session.ts";
import type { Status } from "../state/status.ts";
import { type Sizing, scaleFor } from "./zoom.tsx";

type Props = {
  session: Session;
  state: SessionState;
  status: Status;
  sizing: Sizing;
  children: ComponentChildren;
};

export function StagePane({ session, state, status, sizing, children }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const ground = useRef<HTMLElement>(null);
  const room = useRoom(ground);
  const { width, height } = state.size;
  const scale = scaleFor(sizing.zoom, state.size, room);

  useEffect(() => {
    if (root.current) session.start(root.current);
    return () => session.leave();
  }, [session]);
  useEffect(() => sizing.scaled(scale), [scale, sizing.scaled]);

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") sizing.step(1);
    else if (event.key === "-") sizing.step(-1);
    else if (event.key === "0") sizing.change("fit");
  };

  return (
    <main class={`stage place-${status.place}`} aria-label="Customer's page">
      <section
        ref={ground}
        class="ground"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label="View of the customer's page"
        onKeyDown={onKey}
      >
        <div class="page" style={{ width: `${width * scale}px`, height: `${height * scale}px` }}>
          <div
            ref={root}
            inert
            class="layers"
            style={{ width: `${width}px`, height: `${height}px`, transform: `scale(${scale})`, "--scale": scale }}
          />
        </div>
      </section>
      {status.place !== "none" && (
        <div class={`words words-${status.place} tone-${status.tone}`}>
          <div class="words-card">
            {status.tone === "busy" && <span class="spinner" aria-hidden="true" />}
            <h2>{status.title}</h2>
            {status.detail && <p>{status.detail}</p>}
            {children}
          </div>
        </div>
      )}
    </main>
  );
}

/** The room there is for the page, followed as the window or the panel beside it changes. */
function useRoom(ground: { current: HTMLElement | null }): { width: number; height: number } {
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ground.current;
    if (!element) return;
    const measure = () => {
      const { paddingLeft, paddingTop } = getComputedStyle(element);
      const width = element.offsetWidth - 2 * Number.parseFloat(paddingLeft);
      const height = element.offsetHeight - 2 * Number.parseFloat(paddingTop);
      setRoom((before) => (before.width === width && before.height === height ? before : { width, height }));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [ground]);
  return room;
}
