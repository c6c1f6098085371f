// Sign in: with a name and a password, at a provider, or either, as the server offers it.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, api, providerAddress, type Ways } from "../net/api.ts";
import { Brand } from "./brand.tsx";
import { takeRefusal } from "./refusals.ts";
import { keepPlace } from "./route.ts";
import { waitWords } from "./words.ts";

export function Login({ expired, signedIn }: { expired: boolean; signedIn: () => void }) {
  const [ways, setWays] = useState<Ways | null>(null);
  const [refusal] = useState(takeRefusal);

  useEffect(() => {
    document.title = "Sign in · Vitrine";
    // A server that does not say has at least accounts of its own.
    void api.ways().then(setWays, () => setWays({ password: true }));
  }, []);

  return (
    <main class="login">
      <section class="card" aria-labelledby="login-title" aria-busy={ways === null}>
        <Brand />
        <h1 id="login-title">Sign in</h1>
        {expired && <p class="notice">Your sign-in has run out. Please sign in again.</p>}
        <p id="login-refusal" class="error" role="alert">
          {refusal}
        </p>
        {ways?.provider && <Provider label={ways.provider} isFirst />}
        {ways?.provider && ways.password && <p class="or">or</p>}
        {ways?.password && <Password isFirst={!ways.provider} signedIn={signedIn} />}
        {ways && !ways.provider && !ways.password && (
          <p class="notice">No way to sign in has been set up here yet. Ask whoever runs this server.</p>
        )}
      </section>
    </main>
  );
}

function Provider({ label, isFirst }: { label: string; isFirst: boolean }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isFirst) link.current?.focus();
  }, [isFirst]);
  return (
    <a
      ref={link}
      class="button primary wide wraps"
      href={providerAddress()}
      onClick={keepPlace}
      aria-describedby="login-refusal"
    >
      Sign in with {label}
    </a>
  );
}

function Password({ isFirst, signedIn }: { isFirst: boolean; signedIn: () => void }) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (isFirst) name.current?.focus();
  }, [isFirst]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      await api.login(name.current?.value ?? "", password.current?.value ?? "");
      signedIn();
    } catch (problem) {
      setError(sentenceFor(problem));
      setBusy(false);
      password.current?.select();
      password.current?.focus();
    }
  };

  return (
    <form onSubmit={submit} aria-labelledby="login-title">
      <label class="field">
        <span>Name</span>
        <input ref={name} name="name" autocomplete="username" autocapitalize="none" spellcheck={false} required />
      </label>
      <label class="field">
        <span>Password</span>
        <input
          ref={password}
          name="password"
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="login-error"
        />
      </label>
      <p id="login-error" class="error" role="alert">
        {error}
      </p>
      <button type="submit" class={`button wide ${isFirst ? "primary" : ""}`} disabled={busy}>
        {busy ? "Signing in" : "Sign in"}
      </button>
    </form>
  );
}

function sentenceFor(problem: unknown): string {
  const { status, retryAfterMs } = problem instanceof ApiError ? problem : new ApiError(0);
  if (status === 401) return "Name or password is wrong.";
  if (status === 429) return `Too many tries. Please wait ${waitWords(retryAfterMs)}.`;
  if (status === 0) return "The server cannot be reached. Please try again.";
  return "Signing in did not work. Please try again.";
}
