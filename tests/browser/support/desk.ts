// An integrator's desk: the very page and back end of docs/EMBED.md, run as they stand there.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./wait.ts";

const GUIDE = readFileSync(join(__HERE__, "../../docs/EMBED.md"), "utf8");

export interface App {
  id: string;
  key: string;
}

export class Desk {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async open(port: number, server: string, certificate: string, app: App): Promise<Desk> {
    const folder = mkdtempSync(join(tmpdir(), "vitrine-desk-"));
    for (const [language, name] of [
      ["js", "desk.mjs"],
      ["html", "desk.html"],
      ["", "ca.pem"],
    ] as const)
      writeFileSync(join(folder, name), language === "" ? certificate : example(language));
    const running = spawn(process.execPath, [join(folder, "desk.mjs")], {
      env: {
        NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
        VITRINE: server,
        APP_ID: app.id,
        APP_KEY: app.key,
        PORT: String(port),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    running.stdout.on("data", (bytes) => (said += bytes));
    await until("the desk is open", () => said.includes("the desk is at port"));
    return new Desk(running, folder);
  }

  close(): void {
    this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The one example in that language. */
function example(language: string): string {
  const [found, ...others] = [...GUIDE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  if (!found?.[1] || others.length > 0) throw new Error(`docs/EMBED.md has not one example in ${language}`);
  return found[1];
}
