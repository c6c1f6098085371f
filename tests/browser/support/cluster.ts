// Three servers on Redis behind a balancer, and a website with a form that can be shared: what `vitrine-stage` starts.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { until } from "./wait.ts";

const BINARY = join(process.env.CARGO_TARGET_DIR ?? join(__HERE__, "../../target"), "debug", "vitrine-stage");

interface Place {
  server: string;
  certificate: string;
  management: string[];
  login: { name: string; password: string };
}

export class Cluster {
  readonly server: string;
  readonly login: Place["login"];
  readonly agentPage: string;

  private constructor(
    readonly shop: string,
    private readonly place: Place,
    private readonly website: Server,
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
  ) {
    this.server = place.server;
    this.login = place.login;
    this.agentPage = `${place.server}/agent/`;
  }

  static async start(): Promise<Cluster> {
    let page = "";
    const website = createServer((_, answer) => {
      answer.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    });
    await new Promise<void>((resolve) => website.listen(0, "127.0.0.1", resolve));
    const shop = `http://localhost:${(website.address() as AddressInfo).port}`;
    const running = spawn(BINARY, [shop], { stdio: ["pipe", "pipe", "inherit"] });
    const out: Interface = createInterface(running.stdout);
    const lines = out[Symbol.asyncIterator]();
    const said = await lines.next();
    if (said.done) throw new Error(`${BINARY} did not start: cargo build --workspace --bins`);
    const place: Place = JSON.parse(said.value);
    page = form(place.server);
    return new Cluster(shop, place, website, running, lines);
  }

  get keyFingerprint(): string {
    const key = new X509Certificate(this.place.certificate).publicKey.export({ type: "spki", format: "der" });
    return createHash("sha256").update(key).digest("base64");
  }

  /** What happens to a server; done when it has happened. */
  async make(what: "kill" | "stop" | "freeze" | "wake" | "start", node: number): Promise<void> {
    this.process.stdin?.write(`${what} ${node}\n`);
    if ((await this.lines.next()).value !== "done") throw new Error(`not done: ${what} ${node}`);
  }

  /** The one server that has a socket of this kind, or the first of several. */
  async nodeWith(kind: "customer" | "agent"): Promise<number> {
    return until(`a server has the ${kind}'s socket`, async () => {
      const counts = await Promise.all(this.place.management.map((address) => sockets(address, kind)));
      const at = counts.findIndex((count) => count > 0);
      return at < 0 ? null : { at };
    }).then(({ at }) => at);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.stdin?.end();
    await ended;
    await new Promise((resolve) => {
      this.website.close(resolve);
      this.website.closeAllConnections();
    });
  }
}

async function sockets(management: string, kind: string): Promise<number> {
  try {
    const text = await (await fetch(`http://${management}/metrics`)).text();
    const line = text.split("\n").find((row) => row.startsWith("vitrine_sockets{") && row.includes(`"${kind}"`));
    return Number(line?.split(" ")[1] ?? 0);
  } catch {
    return 0;
  }
}

function form(server: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>A form</title><link rel="icon" href="data:,"></head>
<body>
<h1>A form</h1>
<label>Name <input id="name"></label>
<label>Note <textarea id="note"></textarea></label>
<label>Card <input id="card" autocomplete="cc-number"></label>
<script async src="${server}/vitrine.js" data-site="shop"></script>
</body>
</html>`;
}
