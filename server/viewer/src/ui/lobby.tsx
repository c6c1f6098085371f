// The lobby: join by code, and the sessions there are.
import { useEffect } from "preact/hooks";
import type { Agent } from "../net/api.ts";
import { Brand } from "./brand.tsx";
import { JoinByCode } from "./code.tsx";
import { SessionList } from "./list.tsx";
import { useSessions } from "./sessions.ts";
import { SoundSwitch } from "./sound.tsx";

/** Without `signOut` it is the page around this one that signs in and out. */
type Props = { agent: Agent; signedOut: () => void; signOut?: () => void; notice?: string };

export function Lobby({ agent, signedOut, signOut, notice }: Props) {
  const mayList = agent.privileges.includes("session.list");
  const sessions = useSessions(mayList, signedOut);

  useEffect(() => {
    document.title = sessions.news > 0 ? `(${sessions.news}) Sessions · Vitrine` : "Sessions · Vitrine";
  }, [sessions.news]);

  return (
    <div class="lobby">
      <header class="rail-head">
        <Brand />
      </header>
      <nav class="rail" aria-label="Sessions">
        <SessionList sessions={sessions} mayMonitor={agent.privileges.includes("session.monitor")} mayList={mayList} />
      </nav>
      <footer class="rail-foot">
        <SoundSwitch />
        <p class="who">
          <span class="avatar" aria-hidden="true">
            {agent.name.slice(0, 1).toUpperCase()}
          </span>
          <span class="who-name">
            <strong>{agent.name}</strong>
            <small>{agent.roles.join(", ")}</small>
          </span>
          {signOut && (
            <button type="button" class="button small" onClick={signOut}>
              Sign out
            </button>
          )}
        </p>
      </footer>
      <main class="join">
        {notice && (
          <p class="notice warn" role="alert">
            {notice}
          </p>
        )}
        <JoinByCode length={agent.joinCodeLength ?? 9} signedOut={signedOut} />
      </main>
    </div>
  );
}
