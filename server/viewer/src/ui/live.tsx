// An open session: the customer's page in the middle, and around it who is there, how it is, and how to leave.
import { useEffect, useMemo, useState } from "preact/hooks";
import { LIMITS } from "../limits.ts";
import { Session, type SessionState } from "../state/session.ts";
import { describe, isOver, REOPENABLE, type Status } from "../state/status.ts";
import { useStore } from "../state/store.ts";
import { Details } from "./details.tsx";
import { Receipt } from "./receipt.tsx";
import { go } from "./route.ts";
import { StagePane } from "./stage.tsx";
import { TopBar } from "./topbar.tsx";
import { hostOf } from "./words.ts";
import { stepZoom, type Zoom } from "./zoom.tsx";

/** `changed` is told of every state that the session comes into. */
type Props = { session: string; me: string; signedOut: () => void; changed?: (state: SessionState) => void };
type OpenProps = Omit<Props, "session"> & { id: string; reopen: () => void };

const WIDE_PX = 1000;
const leave = () => go("#/");

/** Opening again after an end of the line is a new session object, hence the turn in the key. */
export function Live({ session, ...rest }: Props) {
  const [turn, setTurn] = useState(0);
  return <OpenSession key={turn} id={session} {...rest} reopen={() => setTurn(turn + 1)} />;
}

function OpenSession({ id, me, signedOut, changed, reopen }: OpenProps) {
  const session = useMemo(() => new Session(id), [id]);
  const state = useStore(session.store);
  const status = describe(state);
  const [zoom, setZoom] = useState<Zoom>("fit");
  const [scale, setScale] = useState(1);
  const [details, setDetails] = useState(window.innerWidth >= WIDE_PX);
  const name = state.customer.attributes.name || "Customer";
  const sizing = { zoom, scale, change: setZoom, scaled: setScale, step: (by: 1 | -1) => setZoom(stepZoom(scale, by)) };

  useEffect(() => {
    document.title = `${status.label} · ${hostOf(state.page.url) || name} · Vitrine`;
  }, [status.label, state.page.url, name]);
  useEffect(() => {
    session.cursorName = name;
  }, [session, name]);
  useEffect(() => changed?.(state), [changed, state]);
  useEffect(() => {
    if (status.name === "signed-out") signedOut();
  }, [status.name, signedOut]);

  return (
    <div class="live">
      <TopBar {...{ state, status, name, me, sizing, details, setDetails, leave }} />
      <div class="live-body">
        <StagePane session={session} state={state} status={status} sizing={sizing}>
          {status.name === "ended" && <Receipt state={state} name={name} me={me} />}
          {isOver(status) && <WaysOn status={status} reopen={reopen} />}
        </StagePane>
        <Details open={details} session={session} state={state} name={name} me={me} />
      </div>
      <Announcer words={`${status.title}. ${status.detail}`} />
    </div>
  );
}

/** Tells a listener which state it is, once that has lasted for a moment. */
function Announcer({ words }: { words: string }) {
  const [said, say] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => say(words), LIMITS.announce_after_ms);
    return () => window.clearTimeout(timer);
  }, [words]);
  return <output class="sr-only">{said}</output>;
}

function WaysOn({ status, reopen }: { status: Status; reopen: () => void }) {
  return (
    <p class="ways-on">
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
