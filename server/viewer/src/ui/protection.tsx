// What was kept from the agent: one line for each kind, which opens to say by which rule.
import type { Report } from "../net/wire.ts";
import { type Group, groupsOf } from "../state/protection.ts";

export function ProtectionPanel({ report }: { report: Report | null }) {
  const groups = report ? groupsOf(report) : [];
  if (groups.length === 0)
    return <p class="muted">Nothing has been counted so far. Text that reads •••••• is masked.</p>;
  return (
    <ul class="kept">
      {groups.map((group) => (
        <li key={group.name}>
          <KeptGroup {...group} />
        </li>
      ))}
    </ul>
  );
}

function KeptGroup({ headline, note, rows }: Group) {
  return (
    <details>
      <summary>{headline}</summary>
      <p class="muted">{note}</p>
      <ul class="rules">
        {rows.map(({ words, rule, count }) => (
          <li key={`${words} ${rule}`}>
            <span>
              {words || "Rule "}
              {rule && <code>{rule}</code>}
            </span>
            <span>{count}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
