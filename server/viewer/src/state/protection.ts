// What was kept from the agent, in groups that a person can read.
import type { Report, ReportRule } from "../net/wire.ts";
import { GROUPS, type GroupName, REASONS, UNKNOWN } from "./reasons.ts";

/** `rule`: the operator's own selector; `words`: everything else. */
export type Row = { words: string; rule: string; count: number };
export type Group = { name: GroupName; count: number; headline: string; note: string; rows: Row[] };

const KINDS = ["masked", "blocked", "removed"] as const;
type Kind = (typeof KINDS)[number];

/** The groups that have anything in them, in the order of `GROUPS`; rows with the same words are one. */
export function groupsOf(report: Report): Group[] {
  const found = new Map<GroupName, Row[]>();
  const put = (name: GroupName, row: Row) => {
    const rows = found.get(name) ?? [];
    const same = rows.find(({ words, rule }) => words === row.words && rule === row.rule);
    if (same) same.count += row.count;
    else rows.push(row);
    found.set(name, rows);
  };
  for (const kind of KINDS) {
    const named = report.rules.filter((rule) => rule.kind === kind);
    for (const rule of named) put(...placed(kind, rule));
    const rest = report[kind] - named.reduce((sum, { count }) => sum + count, 0);
    if (rest > 0) put(kind === "removed" ? UNKNOWN.group : kind, { words: UNKNOWN.words, rule: "", count: rest });
  }
  return (Object.keys(GROUPS) as GroupName[]).flatMap((name) => {
    const rows = found.get(name);
    return rows ? [grouped(name, rows)] : [];
  });
}

/** `3 parts masked · 1 file not allowed`, where a line breaks only between two of them. */
export const headlinesOf = (report: Report): string =>
  groupsOf(report)
    .map(({ headline }) => headline.replaceAll(" ", "\u00a0"))
    .join(" · ");

function grouped(name: GroupName, rows: Row[]): Group {
  const { one, many, note } = GROUPS[name];
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const ordered = [...rows].sort((a, b) => b.count - a.count);
  return { name, count, headline: `${count} ${count === 1 ? one : many}`, note, rows: ordered };
}

function placed(kind: Kind, { rule, count }: ReportRule): [GroupName, Row] {
  const known = REASONS.get(rule);
  if (kind === "removed") {
    const { words, group = UNKNOWN.group } = known ?? UNKNOWN;
    return [group, { words, rule: "", count }];
  }
  if (known) return [kind, { words: known.words, rule: "", count }];
  // Whatever is no reason of the server's own is a selector that the operator wrote.
  return [kind, isOwnReason(rule) ? { words: UNKNOWN.words, rule: "", count } : { words: "", rule, count }];
}

const isOwnReason = (rule: string): boolean => /^(fixed|page|pattern):[a-z-]+$/.test(rule) || rule === "inherited";
