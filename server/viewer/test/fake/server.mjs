// A small stand-in for the server: serves dist/ under a base path with the real content security policy, and plays a
// recording to whoever opens the session. Tests steer it through the object that `startFake` returns.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { WebSocketServer } from "ws";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
};
export const SESSION = "9c4f1f0a2b";
export const CODE = "123456789";

const policy = (origin, base, ancestors) =>
  [
    "default-src 'none'",
    `script-src ${origin}${base}/agent/`,
    `style-src ${origin}${base}/agent/ ${origin}${base}/asset/ 'unsafe-inline'`,
    `img-src ${origin}${base}/asset/ ${origin}${base}/agent/ data:`,
    `font-src ${origin}${base}/asset/ data:`,
    `media-src ${origin}${base}/asset/`,
    `connect-src ${origin}${base}/api/ ${origin.replace("http", "ws")}${base}/api/`,
    "frame-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${ancestors.join(" ") || "'none'"}`,
  ].join("; ");

/** `events`: a recording; the first full snapshot begins it. `speed` 0 sends everything with the keyframe. */
export async function startFake({ events, base = "/desk", port = 0, speed = 1 }) {
  const fake = new Fake(base, speed);
  fake.play(events);
  const server = createServer((request, response) => fake.answer(request, response));
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "vitrine.v1" });
  server.on("upgrade", (request, socket, head) => {
    if (!fake.admits(request)) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (client) => fake.connect(client));
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  fake.origin = `http://127.0.0.1:${server.address().port}`;
  fake.close = () => {
    fake.halt();
    for (const client of fake.clients) client.terminate();
    server.closeAllConnections();
    server.close();
  };
  return fake;
}

class Fake {
  /** The sockets that have said hello. */
  clients = new Set();
  requests = [];
  hellos = [];
  received = [];
  tickets = new Set();
  /** When each ticket was asked for. */
  tickets_ms = [];
  /** Set to make the next answers fail: `{ login: 401, join: 404, ticket: 403, sessions: 500 }`. */
  fail = {};
  /** In those answers: when to come again, in seconds. */
  retryAfter = 0;
  /** Sockets that hear nothing and say nothing any more, as of a machine that stands still. */
  frozen = new Set();
  signedIn = false;
  /** What there is to sign in with. */
  ways = { password: true };
  /** Agent tokens that are taken, in a frame of one of these pages. */
  tokens = new Set();
  ancestors = [];
  privileges = ["session.list", "session.join", "session.end"];
  customer = {
    verified: true,
    by: "Tidewell",
    attributes: { name: "Jane Doe", plan: "Gold", "customer number": "40 118" },
    claimed: { basket: "3 coffees" },
  };
  sessions = [];
  /** Nothing is sent after `welcome` while set. */
  silent = false;
  epoch = 1;
  /** Everything sent so far, in order: index 0 is number 1. */
  log = [];
  keyframe = [];
  timers = new Set();

  constructor(base, speed) {
    this.base = base;
    this.speed = speed;
    this.sessions = [listed(SESSION, "Jane Doe", "live", true, 4), listed("b2", "", "waiting", false, 1)];
  }

  get url() {
    return `${this.origin}${this.base}/agent/`;
  }

  play(events) {
    this.halt();
    const start = events.findIndex(({ type }) => type === 4);
    const full = events.findIndex(({ type }) => type === 2);
    const zero = Date.now() - events[full].timestamp;
    const stamped = (event) => ({ ...event, timestamp: event.timestamp + zero });
    this.keyframe = events.slice(start, full + 1).map(stamped);
    this.log.push(null);
    for (const event of events.slice(full + 1)) {
      const after = this.speed === 0 ? 0 : (event.timestamp - events[full].timestamp) / this.speed;
      if (after === 0) this.keyframe.push(stamped(event));
      else this.later(() => this.emit([{ ...event, timestamp: Date.now() }]), after);
    }
  }

  later(action, after) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, after);
    this.timers.add(timer);
  }

  halt() {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  /** Sends events to all, and keeps them for who comes later. */
  emit(events) {
    const seq = this.log.length + 1;
    this.log.push(...events);
    this.keyframe.push(...events);
    this.send({ t: "events", epoch: this.epoch, seq, events });
  }

  /** The customer goes to another page: a keyframe, which takes a number of its own. */
  startOver(keyframe) {
    this.log.push(null);
    this.keyframe = keyframe;
    for (const client of this.clients) this.sendKeyframe(client);
  }

  /** Numbers an event and does not send it: what a lost frame looks like. */
  lose(event) {
    this.log.push(event);
    this.keyframe.push(event);
  }

  send(message) {
    for (const client of this.clients) if (!this.frozen.has(client)) transmit(client, message);
  }

  freeze() {
    for (const client of this.clients) this.frozen.add(client);
  }

  raw(bytes) {
    for (const client of this.clients) client.send(bytes);
  }

  drop(code) {
    for (const client of this.clients) {
      if (code) client.close(code);
      else client.terminate();
    }
  }

  sendKeyframe(client) {
    transmit(client, { t: "keyframe", epoch: this.epoch, seq: this.log.length, events: this.keyframe });
  }

  admits(request) {
    const ticket = /ticket\.([\w-]+)/.exec(request.headers["sec-websocket-protocol"] ?? "")?.[1];
    return request.url === `${this.base}/api/v1/sessions/${SESSION}/socket` && this.tickets.delete(ticket);
  }

  connect(client) {
    client.on("close", () => this.clients.delete(client));
    client.on("message", (data) => this.take(client, JSON.parse(data.toString())));
  }

  take(client, message) {
    this.received.push(message);
    if (this.frozen.has(client)) return undefined;
    if (message.t === "ping") return transmit(client, { t: "pong", sent: message.sent, server: Date.now() });
    if (message.t === "end") return this.finish();
    if (message.t !== "hello") return undefined;
    this.hellos.push(message);
    this.clients.add(client);
    const { customer, privileges, epoch } = this;
    transmit(client, { t: "welcome", session: SESSION, customer, privileges, mode: "view", epoch, features: [] });
    transmit(client, {
      t: "participants",
      participants: [
        { name: "ann", role: "agent" },
        { name: "ben", role: "supervisor" },
      ],
    });
    transmit(client, {
      t: "report",
      masked: 3,
      removed: 44,
      blocked: 1,
      refused: 1,
      rules: [
        { kind: "masked", rule: "#balance", count: 1 },
        { kind: "masked", rule: "fixed:card", count: 2 },
        { kind: "blocked", rule: "fixed:frame", count: 1 },
        { kind: "removed", rule: "attribute:not-listed", count: 40 },
        { kind: "removed", rule: "element:script", count: 2 },
        { kind: "removed", rule: "url:not-allowed", count: 1 },
        { kind: "removed", rule: "weather:rain", count: 1 },
      ],
    });
    if (this.silent) return undefined;
    const { resume } = message;
    if (resume?.epoch !== epoch || resume.seq > this.log.length) return this.sendKeyframe(client);
    const missed = this.log.slice(resume.seq);
    if (missed.includes(null)) return this.sendKeyframe(client);
    if (missed.length > 0) transmit(client, { t: "events", epoch, seq: resume.seq + 1, events: missed });
    return undefined;
  }

  finish() {
    this.send({ t: "ended", reason: "customer" });
    this.drop(4410);
  }

  async answer(request, response) {
    const { pathname } = new URL(request.url, this.origin);
    this.requests.push(`${request.method} ${pathname}`);
    if (pathname.startsWith(`${this.base}/agent/`))
      return this.page(pathname.slice(`${this.base}/agent/`.length), response);
    const route = `${request.method} ${pathname.replace(`${this.base}/api/v1/`, "")}`;
    if (request.method === "POST" && request.headers["content-type"] !== "application/json")
      return problem(response, 415);
    const body = await readBody(request);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token !== undefined && !this.tokens.has(token)) return problem(response, 401);
    return this.api(route, body, response, token !== undefined || this.signedIn);
  }

  async page(name, response) {
    const file = name || "index.html";
    try {
      const bytes = await readFile(join(DIST, file));
      response.writeHead(200, {
        "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
        "Content-Security-Policy": policy(this.origin, this.base, this.ancestors),
        "X-Content-Type-Options": "nosniff",
      });
      response.end(bytes);
    } catch {
      problem(response, 404);
    }
  }

  api(route, body, response, isIn) {
    if (route.endsWith("/ticket")) this.tickets_ms.push(performance.now());
    const failure = Object.entries(this.fail).find(([word]) => route.includes(word))?.[1];
    if (failure) return problem(response, failure, this.retryAfter);
    if (route === "POST agent/login") {
      this.signedIn = body.name === "ann" && body.password === "secret";
      return this.signedIn ? json(response, 204) : problem(response, 401);
    }
    if (route === "GET agent/frame-ancestors") return json(response, 200, { frameAncestors: this.ancestors });
    if (route === "GET agent/sign-in") return json(response, 200, this.ways);
    if (!isIn) return route === "GET agent/me" ? json(response, 204) : problem(response, 401);
    if (route === "POST agent/logout") {
      this.signedIn = false;
      return json(response, 204);
    }
    if (route === "GET agent/me")
      return json(response, 200, { name: "ann", roles: ["agent"], privileges: this.privileges });
    if (route === "GET sessions") return json(response, 200, { sessions: this.sessions });
    if (route === "POST sessions/join")
      return body.joinCode === CODE ? json(response, 200, { session: SESSION }) : problem(response, 404);
    if (route === `POST sessions/${SESSION}/ticket`) {
      const ticket = `t${Math.random().toString(36).slice(2)}`;
      this.tickets.add(ticket);
      return json(response, 200, { ticket, expiresAt: new Date(Date.now() + 30_000).toISOString() });
    }
    return problem(response, 404);
  }
}

export function listed(session, name, state, joined, minutes) {
  const startedAt = new Date(Date.now() - minutes * 60_000).toISOString();
  const seen = {
    page: { url: "https://shop.example/checkout", title: "Checkout" },
    customer: { verified: true, attributes: { name } },
  };
  return { session, site: "shop", state, startedAt, joined, agents: joined ? ["ann"] : [], ...(joined ? seen : {}) };
}

function transmit(client, message) {
  const text = JSON.stringify(message);
  client.send(text.length > 1024 ? gzipSync(text) : text);
}

async function readBody(request) {
  let text = "";
  for await (const part of request) text += part;
  return text === "" ? {} : JSON.parse(text);
}

function json(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

function problem(response, status, retryAfter = 0) {
  response.writeHead(status, {
    "Content-Type": "application/problem+json",
    ...(status === 429 ? { "Retry-After": "30" } : {}),
    ...(retryAfter ? { "Retry-After": String(retryAfter) } : {}),
  });
  response.end(JSON.stringify({ type: "about:blank", title: "Refused", status, detail: "Refused" }));
}
