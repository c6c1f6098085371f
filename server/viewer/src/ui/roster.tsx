// Who is here: the customer always, then everyone who watches. Who comes and goes is said aloud.
import type { Participant } from "../net/wire.ts";
import { Icon } from "./icons.tsx";

type Props = { participants: readonly Participant[]; customer: string; verified: boolean; me: string };

export function Roster({ participants, customer, verified, me }: Props) {
  const others = participants.filter(({ role }) => role !== "customer");
  return (
    <>
      <ul class="roster" aria-label="Who is here">
        <li class="person person-customer">
          <Face name={customer} />
          {customer}
          {verified ? <Verified /> : <small>not verified</small>}
        </li>
        {others.map(({ name, role }) => (
          <li key={`${role} ${name}`} class="person">
            <Face name={name} />
            {name === me ? `${name} (you)` : name}
            {role !== "agent" && <small>{role}</small>}
          </li>
        ))}
      </ul>
      <output class="sr-only">{others.length > 0 && `Watching: ${others.map(({ name }) => name).join(", ")}.`}</output>
    </>
  );
}

function Verified() {
  return (
    <span class="verified">
      <Icon name="check" />
      <span class="sr-only">verified</span>
    </span>
  );
}

function Face({ name }: { name: string }) {
  return (
    <span class="avatar" aria-hidden="true">
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}
