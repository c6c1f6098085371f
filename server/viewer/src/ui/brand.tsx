// The name, with its sign: a glass case.

export function Brand() {
  return (
    <p class="brand">
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <path
          d="M5 10.5 12 4l7 6.5V19a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1z"
          fill="none"
          stroke="currentColor"
          stroke-width="1.75"
        />
        <circle cx="12" cy="14" r="2.5" fill="currentColor" />
      </svg>
      Vitrine
    </p>
  );
}
