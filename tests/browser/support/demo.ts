// One `vitrine demo` of its own for a test file: own ports, own data folder, gone when the file is done.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./wait.ts";

const BINARY =
  process.env.VITRINE_BINARY ??
  join(process.env.CARGO_TARGET_DIR ?? join(__HERE__, "../../target"), "debug", "vitrine");
/** The server, the shop, two asset hosts, the management listener. */
const PORTS_IN_A_ROW = 5;

export class Demo {
  readonly server: string;
  readonly shop: string;
  readonly allowed: string;
  readonly foreign: string;
  readonly agentPage: string;

  private constructor(
    readonly port: number,
    readonly login: { name: string; password: string },
    readonly certificate: string,
    private readonly process: ChildProcess,
    private readonly data: string,
  ) {
    this.server = `https://localhost:${port}`;
    this.shop = `http://localhost:${port + 1}`;
    this.allowed = `http://localhost:${port + 2}`;
    this.foreign = `http://127.0.0.1:${port + 3}`;
    this.agentPage = `${this.server}/agent/`;
  }

  /** `settings`: of the configuration, as the environment has them. */
  static async start(settings: Record<string, string> = {}): Promise<Demo> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not there: cargo build -p vitrine`);
    const port = await sparePorts(PORTS_IN_A_ROW);
    const data = await mkdtemp(join(tmpdir(), "vitrine-"));
    const running = spawn(BINARY, ["demo", "--port", String(port)], {
      env: { ...process.env, ...settings, VITRINE_DATA: data },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [running.stdout, running.stderr]) stream.on("data", (bytes) => (said += bytes));
    const login = await until("the demo is up", () => {
      if (running.exitCode !== null) throw new Error(`the demo did not start:\n${said}`);
      return readLogin(said);
    });
    const certificate = readFileSync(join(data, "certificate.pem"), "utf8");
    return new Demo(port, login, certificate, running, data);
  }

  /** What Chromium wants to know of the certificate to trust just this one. */
  get keyFingerprint(): string {
    const key = new X509Certificate(this.certificate).publicKey.export({ type: "spki", format: "der" });
    return createHash("sha256").update(key).digest("base64");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null) {
      this.process.kill("SIGTERM");
      await ended;
    }
    await rm(this.data, { recursive: true, force: true });
  }
}

/** The welcome is for people; it says name and password on lines of their own. */
function readLogin(said: string): { name: string; password: string } | null {
  const name = /^\s*name\s+(\S+)$/m.exec(said)?.[1];
  const password = /^\s*password\s+(\S+)$/m.exec(said)?.[1];
  return name && password && said.includes("Ctrl-C") ? { name, password } : null;
}

/** The first of so many in a row that nobody uses. */
export async function sparePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 8_000) * PORTS_IN_A_ROW;
    const row = Array.from({ length: count }, (_, at) => first + at);
    if ((await Promise.all(row.map(isSpare))).every(Boolean)) return first;
  }
}

function isSpare(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
