// What agents get of a page, step by step, from the core itself: no server stands in between.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const BINARY = join(process.env.CARGO_TARGET_DIR ?? join(__HERE__, "../../target"), "debug", "vitrine-steps");

/** Everything is tried, however long it takes. */
export const isLong = process.env.VITRINE_LONG === "1";

export interface Step {
  /** The history or recording that it is a step of. */
  of: string;
  /** `{"of": …, "events": […], "keyframe": […]}` as it was written: only the page reads what may be megabytes. */
  line: string;
  /** Whether it has a keyframe: the page after it as a late agent gets it. */
  isCompared: boolean;
}

const OF = /^\{"of":("(?:[^"\\]|\\.)*"),/;
const NO_KEYFRAME = ',"keyframe":[]}';

export async function* steps(...args: string[]): AsyncGenerator<Step> {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is not there: cargo build -p vitrine-tests --bins`);
  const running = spawn(BINARY, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => running.once("close", resolve));
  try {
    for await (const line of createInterface({ input: running.stdout }))
      yield { of: JSON.parse(OF.exec(line)?.[1] ?? '""') as string, line, isCompared: !line.endsWith(NO_KEYFRAME) };
    const status = await ended;
    if (status !== 0) throw new Error(`vitrine-steps ${args.join(" ")}: ${status}`);
  } finally {
    // Who stops listening half-way leaves no one writing behind.
    running.kill();
  }
}

/** Steps in lists, one for each history. */
export async function* histories(first: number, count: number): AsyncGenerator<Step[]> {
  let list: Step[] = [];
  for await (const step of steps("histories", String(first), String(count))) {
    if (list[0] && list[0].of !== step.of) {
      yield list;
      list = [];
    }
    list.push(step);
  }
  if (list.length > 0) yield list;
}
