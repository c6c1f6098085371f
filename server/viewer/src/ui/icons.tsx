// One set of icons: 20 px, one stroke, always beside words or with a label on what holds them.

const PATHS = {
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  search: "M9 14.5a5.5 5.5 0 1 1 0-11 5.5 5.5 0 0 1 0 11Zm4-1.5 4 4",
  leave: "M11.5 6V4h-8v12h8v-2M8 10h9m-3-3 3 3-3 3",
  panel: "M3.5 4.5h13v11h-13zm8.5 0v11",
  minus: "M4.5 10h11",
  plus: "M4.5 10h11M10 4.5v11",
  shield: "M10 3 4.5 5v4.5c0 3.4 2.3 6 5.5 7.5 3.2-1.500 5.500-4.100 5.500-7.500V5z",
  person: "M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-6 7c.600-3 3-4.500 6-4.500s5.400 1.500 6 4.500",
  signal: "M4 15.500v-3m4 3v-6m4 6v-9m4 9v-12",
  clock: "M10 3.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13Zm0 3V10l2.500 2",
  chevron: "m7.500 4.500 5.500 5.500-5.500 5.500",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
