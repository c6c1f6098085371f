// Join by code. One text field, drawn as boxes: typing, pasting, undo, a screen reader and a caret all work as in any field.
import { useEffect, useRef, useState } from "preact/hooks";
import { takeFocus } from "../embed/framed.ts";
import { ApiError, api } from "../net/api.ts";
import { go, sessionHref } from "./route.ts";
import { waitWords } from "./words.ts";

type Props = { length: number; signedOut: () => void };

export const digitsOf = (text: string, length: number): string => text.replace(/\D/g, "").slice(0, length);

export function JoinByCode({ length, signedOut }: Props) {
  const [code, setCode] = useState("");
  const [caret, setCaret] = useState(0);
  const [focused, setFocused] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => takeFocus(field.current), []);

  const join = async (digits: string) => {
    if (busy || digits.length !== length) return;
    setBusy(true);
    setError("");
    try {
      go(sessionHref((await api.join(digits)).session));
    } catch (problem) {
      const { status, retryAfterMs } = problem instanceof ApiError ? problem : new ApiError(0);
      if (status === 401) return signedOut();
      setError(sentenceFor(status, retryAfterMs));
      setBusy(false);
      field.current?.select();
    }
  };

  const typed = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const before = digitsOf(input.value.slice(0, input.selectionStart ?? 0), length).length;
    const digits = digitsOf(input.value, length);
    input.value = digits;
    input.setSelectionRange(before, before);
    setCode(digits);
    setCaret(before);
    setError("");
    if (digits.length === length && digits !== code) void join(digits);
  };

  const follow = () => setCaret(field.current?.selectionStart ?? 0);

  const submit = (event: Event) => {
    event.preventDefault();
    if (code.length === length) void join(code);
    else setError(`The code has ${length} digits.`);
  };

  return (
    <form class="code" onSubmit={submit} aria-labelledby="join-title">
      <h1 id="join-title">Join a customer</h1>
      <p id="join-hint">Ask the customer for the {length} digits on their screen.</p>
      <div class={`boxes${focused ? " focused" : ""}${error ? " wrong" : ""}`}>
        <input
          ref={field}
          class="code-field"
          aria-label="Session code"
          aria-describedby="join-hint join-error"
          aria-invalid={error !== ""}
          inputMode="numeric"
          autocomplete="off"
          spellcheck={false}
          value={code}
          onInput={typed}
          onSelect={follow}
          onKeyUp={follow}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
        />
        <Boxes code={code} length={length} caret={caret} />
      </div>
      <p id="join-error" class="error" role="alert">
        {error}
      </p>
      <button type="submit" class="button primary" disabled={busy}>
        {busy ? "Joining" : "Join"}
      </button>
    </form>
  );
}

function Boxes({ code, length, caret }: { code: string; length: number; caret: number }) {
  const active = Math.min(caret, length - 1);
  return (
    <div class="digits" aria-hidden="true">
      {Array.from({ length }, (_, index) => (
        <span class={`digit${index === active ? " active" : ""}${index % 3 === 0 && index > 0 ? " group" : ""}`}>
          {code[index] ?? ""}
        </span>
      ))}
    </div>
  );
}

export function sentenceFor(status: number, retryAfterMs: number): string {
  if (status === 404 || status === 410) return "No session has this code. It may have run out; ask for a new one.";
  if (status === 403) return "Your account may not join sessions.";
  if (status === 409) return "This session has as many agents as it may have.";
  if (status === 429) return `Too many tries. Please wait ${waitWords(retryAfterMs)}.`;
  if (status === 0) return "The server cannot be reached. Please try again.";
  return "Joining did not work. Please try again.";
}
