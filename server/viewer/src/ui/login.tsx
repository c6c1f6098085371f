// Sign in with a name and a password.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, api } from "../net/api.ts";
import { Brand } from "./brand.tsx";
import { waitWords } from "./words.ts";

export function Login({ expired, signedIn }: { expired: boolean; signedIn: () => void }) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = "Sign in · Vitrine";
    name.current?.focus();
  }, []);

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
    <main class="login">
      <form class="card" onSubmit={submit} aria-labelledby="login-title">
        <Brand />
        <h1 id="login-title">Sign in</h1>
        {expired && <p class="notice">Your sign-in has run out. Please sign in again.</p>}
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
        <button type="submit" class="button primary wide" disabled={busy}>
          {busy ? "Signing in" : "Sign in"}
        </button>
      </form>
    </main>
  );
}

function sentenceFor(problem: unknown): string {
  const { status, retryAfterMs } = problem instanceof ApiError ? problem : new ApiError(0);
  if (status === 401) return "Name or password is wrong.";
  if (status === 429) return `Too many tries. Please wait ${waitWords(retryAfterMs)}.`;
  if (status === 0) return "The server cannot be reached. Please try again.";
  return "Signing in did not work. Please try again.";
}
