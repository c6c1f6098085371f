// The bar above the page: what is shown, how the session is, who is here, and the tools.
import { useEffect, useRef } from "preact/hooks";
import { takeFocus } from "../embed/framed.ts";
import type { SessionState } from "../state/session.ts";
import { isOver, type Status } from "../state/status.ts";
import { Icon } from "./icons.tsx";
import { Roster } from "./roster.tsx";
import { milliseconds } from "./words.ts";
import { type Sizing, ZoomControls } from "./zoom.tsx";

type Props = {
  state: SessionState;
  status: Status;
  name: string;
  me: string;
  sizing: Sizing;
  details: boolean;
  setDetails: (open: boolean) => void;
  leave: () => void;
};

export function TopBar({ state, status, name, me, sizing, details, setDetails, leave }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => takeFocus(title.current), []);
  return (
    <header class="topbar">
      <h1 ref={title} tabIndex={-1} class="sr-only">
        Session with {name}
      </h1>
      <div class="address">
        <span class="address-title">{state.page.title || "Customer's page"}</span>
        <span class="address-url">{state.page.url || "No page yet"}</span>
      </div>
      <Chip status={status} rtt_ms={state.rtt_ms} />
      <Roster participants={state.participants} customer={name} verified={state.customer.verified} me={me} />
      <div class="tools">
        {state.shown && <ZoomControls {...sizing} />}
        <button
          type="button"
          class="button icon-text"
          aria-expanded={details}
          aria-controls="details"
          onClick={() => setDetails(!details)}
        >
          <Icon name="panel" />
          Details
        </button>
        {!isOver(status) && (
          <button type="button" class="button stop icon-text" onClick={leave}>
            <Icon name="leave" />
            Leave
          </button>
        )}
      </div>
    </header>
  );
}

function Chip({ status, rtt_ms }: { status: Status; rtt_ms: number | null }) {
  return (
    <p class={`chip chip-${status.tone}`}>
      <span class="dot" aria-hidden="true" />
      {status.label}
      {status.name === "live" && rtt_ms !== null && <span class="chip-extra">{milliseconds(rtt_ms)}</span>}
    </p>
  );
}
