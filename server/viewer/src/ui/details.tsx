// The panel beside the page: who the customer is, what was kept from the agent, how the connection is, what happened.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Customer } from "../net/wire.ts";
import type { Session, SessionState } from "../state/session.ts";
import { canAct, qualityOf } from "../state/status.ts";
import { Facts } from "./facts.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { LogPanel } from "./log.tsx";
import { ProtectionPanel } from "./protection.tsx";
import { milliseconds } from "./words.ts";

type Props = { open: boolean; session: Session; state: SessionState; name: string; me: string };

export function Details({ open, session, state, name, me }: Props) {
  return (
    <aside id="details" class="details" hidden={!open} aria-label="Details">
      <Panel title="Customer" icon="person">
        <CustomerPanel customer={state.customer} name={name} />
      </Panel>
      <Panel title="Protection" icon="shield">
        <ProtectionPanel report={state.report} />
      </Panel>
      <Panel title="Connection" icon="signal">
        <ConnectionPanel state={state} />
      </Panel>
      <Panel title="Log" icon="clock">
        <LogPanel entries={state.history.entries} me={me} />
      </Panel>
      {state.privileges.includes("session.end") && canAct(state) && <EndForAll session={session} />}
    </aside>
  );
}

type PanelProps = { title: string; icon: IconName; children: ComponentChildren };

function Panel({ title, icon, children }: PanelProps) {
  return (
    <details class="panel" open>
      <summary>
        <Icon name={icon} />
        <h2>{title}</h2>
        <Icon name="chevron" />
      </summary>
      <div class="panel-body">{children}</div>
    </details>
  );
}

function CustomerPanel({ customer, name }: { customer: Customer; name: string }) {
  const { verified, attributes, claimed = {} } = customer;
  const facts = Object.entries(attributes).filter(([key]) => key !== "name");
  const says = Object.entries(claimed);
  const isUnknown = !verified && Object.keys(attributes).length === 0;
  return (
    <>
      <output class="customer-name">
        <strong>{name}</strong>
        <span class={`badge ${verified ? "badge-good" : ""}`}>
          {verified && <Icon name="check" />}
          {badgeWords(customer, isUnknown)}
        </span>
      </output>
      {isUnknown && <p class="muted">The website did not say who this is.</p>}
      {facts.length > 0 && <Facts facts={facts} />}
      {says.length > 0 && (
        <section class="claimed" aria-label={CLAIMED}>
          <p class="muted">{CLAIMED}</p>
          <Facts facts={says} />
        </section>
      )}
    </>
  );
}

const CLAIMED = "Not verified: the page says so";

function badgeWords({ verified, by }: Customer, isUnknown: boolean): string {
  if (verified) return `Verified by ${by || "the website"}`;
  return isUnknown ? "Not verified" : CLAIMED;
}

const QUALITY_WORDS = { good: "Good", slow: "Slow", lost: "Lost", closed: "Closed" } as const;

function ConnectionPanel({ state }: { state: SessionState }) {
  const quality = qualityOf(state);
  const clock = state.offset_ms === null ? null : Math.round(Math.abs(state.offset_ms));
  const facts: [string, string][] = [["State", QUALITY_WORDS[quality]]];
  // What was measured before a loss says nothing about now.
  if (state.link.phase !== "open") return <Facts facts={facts} />;
  facts.push(
    ["Round trip", milliseconds(state.rtt_ms)],
    ["Delay", milliseconds(state.lag_ms)],
    ["Clock difference", milliseconds(clock)],
  );
  return <Facts facts={facts} />;
}

function EndForAll({ session }: { session: Session }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class="button stop wide" onClick={() => dialog.current?.showModal()}>
        End session for everyone
      </button>
      <dialog ref={dialog} class="card" aria-labelledby="end-title">
        <h2 id="end-title">End this session?</h2>
        <p>The customer stops sharing and every agent leaves.</p>
        <form method="dialog" class="dialog-actions">
          <button type="submit" class="button">
            Keep it open
          </button>
          <button type="submit" class="button stop-strong" onClick={() => session.end()}>
            End session
          </button>
        </form>
      </dialog>
    </>
  );
}
