// Who is at the page, and which place they are in.
import { useCallback, useEffect, useState } from "preact/hooks";
import { type Agent, ApiError, api } from "../net/api.ts";
import { Live } from "./live.tsx";
import { Lobby } from "./lobby.tsx";
import { Login } from "./login.tsx";
import { go, returnToPlace, useRoute } from "./route.ts";

type Who = { is: "unknown" } | { is: "unreachable" } | { is: "out"; expired: boolean } | { is: "in"; agent: Agent };

export function App() {
  const [who, setWho] = useState<Who>({ is: "unknown" });
  const route = useRoute();

  const check = useCallback(async () => {
    try {
      const agent = await api.me();
      if (agent) returnToPlace();
      setWho(agent ? { is: "in", agent } : { is: "out", expired: false });
    } catch (error) {
      const isOut = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setWho(isOut ? { is: "out", expired: false } : { is: "unreachable" });
    }
  }, []);
  const expire = useCallback(() => setWho({ is: "out", expired: true }), []);
  const signOut = useCallback(async () => {
    const there = await api.logout().catch(() => undefined);
    go("#/");
    if (there) location.assign(there.provider);
    else setWho({ is: "out", expired: false });
  }, []);

  useEffect(() => void check(), [check]);

  if (who.is === "unknown") return <p class="splash">Loading</p>;
  if (who.is === "unreachable") return <Unreachable retry={check} />;
  if (who.is === "out") return <Login expired={who.expired} signedIn={check} />;
  if (route.place === "session")
    return <Live key={route.session} session={route.session} me={who.agent.name} signedOut={expire} />;
  return <Lobby agent={who.agent} signedOut={expire} signOut={signOut} />;
}

function Unreachable({ retry }: { retry: () => void }) {
  return (
    <main class="splash">
      <h1>The server cannot be reached</h1>
      <p>Check your connection, then try again.</p>
      <button type="button" class="button primary" onClick={retry}>
        Try again
      </button>
    </main>
  );
}
