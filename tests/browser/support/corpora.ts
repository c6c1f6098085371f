// Real recordings and public attack suites. They belong to others and are not part of this project.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = process.env.VITRINE_CORPORA ?? join(__HERE__, "../../../shared/corpora");

/** Whether there is something to test with. tests/run says so, and fails where it must be there. */
export const present = existsSync(FOLDER);

export const file = (path: string): string => join(FOLDER, path);

export function read<T>(path: string): T {
  return JSON.parse(readFileSync(file(path), "utf8")) as T;
}

export function names(folder: string): string[] {
  if (!present) return [];
  return readdirSync(join(FOLDER, folder)).filter((name) => name.endsWith(".json"));
}
