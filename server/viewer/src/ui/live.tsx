// An open session: the customer's page in the middle, and around it who is there, how it is, and how to leave.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Session, type SessionState } from "../state/session.ts";
import { describe, REOPENABLE, type Status } from "../state/status.ts";
import { useStore } from "../state/store.ts";
import { Details } from "./details.tsx";
import { Icon } from "./icons.tsx";
import { Roster } from "./roster.tsx";
import { go } from "./route.ts";
import { StagePane } from "./stage.tsx";
import { hostOf, milliseconds } from "./words.ts";
import { stepZoom, type Zoom, ZoomControls } from "./zoom.tsx";

type Props = { session: string; signedOut: () => void };

const WIDE_PX = 1000;

/** Opening again after an end of the line is a new session object, hence the turn in the key. */
export function Live({ session, signedOut }: Props) {
  const [turn, setTurn] = useState(0);
  return <OpenSession key={turn} id={session} signedOut={signedOut} reopen={() => setTurn(turn + 1)} />;
}

function OpenSession({ id, signedOut, reopen }: { id: string; signedOut: () => void; reopen: () => void }) {
  const session = useMemo(() => new Session(id), [id]);
  const state = useStore(session.store);
  const status = describe(state);
  const [zoom, setZoom] = useState<Zoom>("fit");
  const [scale, setScale] = useState(1);
  const [details, setDetails] = useState(window.innerWidth >= WIDE_PX);
  const name = state.customer.attributes["name"] || "Customer";
  const leave = () => go("#/");

  useEffect(() => {
    document.title = `${status.label} · ${hostOf(state.page.url) || name} · Vitrine`;
  }, [status.label, state.page.url, name]);
  useEffect(() => {
    session.cursorName = name;
  }, [session, name]);
  useEffect(() => {
    if (status.name === "signed-out") signedOut();
  }, [status.name, signedOut]);

  return (
    <div class={`live tone-${status.tone}`}>
      <TopBar state={state} status={status} name={name}>
        <ZoomControls zoom={zoom} scale={scale} change={setZoom} />
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
        <button type="button" class="button stop icon-text" onClick={leave}>
          <Icon name="leave" />
          Leave
        </button>
      </TopBar>
      <div class="live-body">
        <StagePane
          session={session}
          state={state}
          status={status}
          zoom={zoom}
          scaled={setScale}
          step={(direction) => setZoom(stepZoom(scale, direction))}
          fit={() => setZoom("fit")}
        >
          <Actions status={status} leave={leave} reopen={reopen} />
        </StagePane>
        <Details open={details} session={session} state={state} name={name} />
      </div>
      <p class="sr-only" role="status">
        {status.title}. {status.detail}
      </p>
    </div>
  );
}

type BarProps = { state: SessionState; status: Status; name: string; children: preact.ComponentChildren };

function TopBar({ state, status, name, children }: BarProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <header class="topbar">
      <h1 ref={title} tabIndex={-1} class="sr-only">
        Session with {name}
      </h1>
      <div class="address">
        <span class="address-title">{state.page.title || "Customer's page"}</span>
        <span class="address-url">{state.page.url || "No page yet"}</span>
      </div>
      <p class={`chip chip-${status.tone}`}>
        <span class="dot" aria-hidden="true" />
        {status.label}
        {status.name === "live" && state.rtt_ms !== null && (
          <span class="chip-extra">{milliseconds(state.rtt_ms)}</span>
        )}
      </p>
      <Roster participants={state.participants} customer={name} />
      <div class="tools">{children}</div>
    </header>
  );
}

function Actions({ status, leave, reopen }: { status: Status; leave: () => void; reopen: () => void }) {
  const stopped = status.tone === "quiet" || status.tone === "stop";
  if (!stopped) return null;
  return (
    <p class="veil-actions">
      {REOPENABLE.includes(status.name) && (
        <button type="button" class="button primary" onClick={reopen}>
          Open again
        </button>
      )}
      <button type="button" class="button" onClick={leave}>
        Back to the sessions
      </button>
    </p>
  );
}
