// Both sides of a session without a browser: whatever a hostile recorder could send, and exactly what an agent gets.
import { request } from "node:https";
import { gunzipSync, gzipSync } from "node:zlib";
import WebSocket from "ws";
import type { Demo } from "./demo.ts";
import { until } from "./wait.ts";
import type { PageFrame } from "./wire.ts";

const PROTOCOL = "vitrine.v1";

interface Answer {
  status: number;
  body: Record<string, unknown>;
  cookies: string[];
}

function ask(demo: Demo, path: string, headers: Record<string, string>, body: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      demo.server + path,
      { method: "POST", ca: demo.certificate, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const cookies = (response.headers["set-cookie"] ?? []).map((line) => line.split(";")[0] ?? "");
          resolve({ status: response.statusCode ?? 0, body: text ? JSON.parse(text) : {}, cookies });
        });
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

async function must(answer: Promise<Answer>): Promise<Answer> {
  const { status, body, cookies } = await answer;
  if (status >= 300) throw new Error(`the server answered ${status}: ${JSON.stringify(body)}`);
  return { status, body, cookies };
}

/** A socket whose messages are kept in their order. */
class Line {
  readonly received: Record<string, unknown>[] = [];
  closed: number | null = null;

  constructor(private readonly socket: WebSocket) {
    socket.on("message", (data: Buffer, isBinary) => {
      this.received.push(JSON.parse((isBinary ? gunzipSync(data) : data).toString()));
    });
    socket.on("close", (code) => {
      this.closed = code;
    });
    socket.on("error", () => {});
  }

  static open(demo: Demo, path: string, credential: string, origin: string): Promise<Line> {
    const address = demo.server.replace("https:", "wss:") + path;
    const socket = new WebSocket(address, [PROTOCOL, credential], { ca: demo.certificate, origin });
    const line = new Line(socket);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(line));
      socket.once("error", reject);
    });
  }

  send(message: unknown): void {
    const json = Buffer.from(JSON.stringify(message));
    this.socket.send(json.length > 1_400 ? gzipSync(json) : json.toString());
  }

  close(): void {
    this.socket.close();
  }

  last(kind: string): Record<string, unknown> | undefined {
    return this.received.findLast(({ t }) => t === kind);
  }
}

/** The customer's side of one session, page after page. */
export class RawCustomer {
  private line: Line | undefined;
  private sequence = 0;

  private constructor(
    private readonly demo: Demo,
    readonly session: string,
    readonly code: string,
    private readonly token: string,
  ) {}

  static async begins(demo: Demo): Promise<RawCustomer> {
    const page = { url: `${demo.shop}/`, title: "" };
    const { body } = await must(ask(demo, "/api/v1/sessions", { origin: demo.shop }, { site: "shop", page }));
    return new RawCustomer(demo, String(body.session), String(body.joinCode), String(body.token));
  }

  /** A new document: a socket of its own, numbered anew. */
  async opens(instance: string, url = `${this.demo.shop}/`): Promise<void> {
    this.line?.close();
    this.line = await Line.open(this.demo, "/api/v1/customer/socket", `bearer.${this.token}`, this.demo.shop);
    this.sequence = 0;
    this.line.send({ t: "hello", page: { url, title: "", tab: "t", instance }, snippet: "test", features: [] });
    await until("the customer's welcome", () => this.line?.last("welcome"));
  }

  sends(events: unknown[]): void {
    this.sequence += 1;
    this.line?.send({ t: "events", seq: this.sequence, events });
  }

  /** Waits until the server has applied all that was sent. */
  async applied(): Promise<void> {
    await until(
      `frame ${this.sequence} is applied`,
      () => {
        if (this.line?.closed) throw new Error(`the customer's socket was closed: ${this.line.closed}`);
        return this.line?.last("ack")?.applied === this.sequence;
      },
      60_000,
    );
  }

  leaves(): void {
    this.line?.close();
  }
}

/** An agent's login and the sockets she opens with it. */
export class RawAgent {
  private constructor(
    private readonly demo: Demo,
    private readonly headers: Record<string, string>,
  ) {}

  static async signsIn(demo: Demo): Promise<RawAgent> {
    const headers = { origin: demo.server };
    const { cookies } = await must(ask(demo, "/api/v1/agent/login", headers, demo.login));
    return new RawAgent(demo, { ...headers, cookie: cookies.join("; ") });
  }

  async joins(code: string): Promise<void> {
    await must(ask(this.demo, "/api/v1/sessions/join", this.headers, { joinCode: code }));
  }

  async watches(session: string): Promise<Watch> {
    const path = `/api/v1/sessions/${session}`;
    const { body } = await must(ask(this.demo, `${path}/ticket`, this.headers, {}));
    const line = await Line.open(this.demo, `${path}/socket`, `ticket.${body.ticket}`, this.demo.server);
    line.send({ t: "hello", features: [] });
    return new Watch(line);
  }
}

/** What one agent gets of the page. */
export class Watch {
  private pings = 0;

  constructor(private readonly line: Line) {}

  get frames(): PageFrame[] {
    return this.line.received.filter(({ t }) => t === "keyframe" || t === "events") as unknown as PageFrame[];
  }

  /** The number of the last event that she has. */
  get sequence(): number {
    const last = this.frames.at(-1);
    if (!last) return 0;
    return last.t === "keyframe" ? last.seq : last.seq + last.events.length - 1;
  }

  /** Waits for an answer to what is sent now: all that the server had for her before has then arrived. */
  async settled(): Promise<void> {
    this.pings += 1;
    const sent = this.pings;
    this.line.send({ t: "ping", sent });
    await until("pong", () => this.line.received.some((message) => message.t === "pong" && message.sent === sent));
  }

  keyframe(): Promise<PageFrame> {
    return until("a keyframe", () => this.frames.find(({ t }) => t === "keyframe"));
  }

  leaves(): void {
    this.line.close();
  }
}
