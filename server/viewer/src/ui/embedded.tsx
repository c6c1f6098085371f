// This page in a frame of an integrator's own: no sign-in here, and the surrounding page may open and leave sessions too.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { Desk, type Place } from "../embed/desk.ts";
import { useStore } from "../state/store.ts";
import { Live } from "./live.tsx";
import { Lobby } from "./lobby.tsx";
import { useRoute } from "./route.ts";

export function Embedded() {
  const desk = useMemo(() => new Desk(), []);
  const { place, notice } = useStore(desk.store);
  const route = useRoute();
  const session = place.is === "in" && route.place === "session" ? route.session : null;

  useEffect(() => void desk.start(), [desk]);
  // Before the session below can tell of its first state.
  useLayoutEffect(() => desk.at(session), [desk, session]);

  if (place.is !== "in")
    return (
      <Splash place={place}>
        {place.is === "unreachable" && (
          <button type="button" class="button primary" onClick={() => void desk.start()}>
            Try again
          </button>
        )}
      </Splash>
    );
  if (session !== null)
    return (
      <Live key={session} session={session} me={place.agent.name} signedOut={desk.signedOut} changed={desk.changed} />
    );
  return <Lobby agent={place.agent} signedOut={desk.signedOut} notice={notice} />;
}

type OtherPlace = Exclude<Place["is"], "in">;

const WORDS: Readonly<Record<OtherPlace, { title: string; detail: string }>> = {
  starting: { title: "Loading", detail: "" },
  foreign: {
    title: "This page cannot be used here",
    detail: "The website around it is not on the list of those that may show it.",
  },
  unreachable: { title: "The server cannot be reached", detail: "Check your connection, then try again." },
  nameless: {
    title: "You are not signed in here",
    detail: "The page around this one has not said who you are. It goes on by itself as soon as it does.",
  },
  out: {
    title: "You are signed out",
    detail: "It goes on by itself as soon as the page around this one signs you in again.",
  },
};

function Splash({ place, children }: { place: { is: OtherPlace }; children: ComponentChildren }) {
  const { title, detail } = WORDS[place.is];
  useEffect(() => {
    document.title = `${title} · Vitrine`;
  }, [title]);
  return (
    <main class="splash">
      <h1>{title}</h1>
      <output>{detail}</output>
      {children}
    </main>
  );
}
