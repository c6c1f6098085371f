// A real OpenID Connect provider on this machine, with one account and one client: us.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import Library from "oidc-provider";
import type { Page } from "playwright-core";
import type { Demo } from "./demo.ts";

const CLIENT = { id: "vitrine", secret: "a secret of the client's" };

export class Provider {
  private answer: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.end();
  private demo: Demo | null = null;

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {
    server.on("request", (request, response) => this.answer(request, response));
  }

  static async start(): Promise<Provider> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Provider(server, `http://localhost:${(server.address() as AddressInfo).port}`);
  }

  /** What a server must be told of it. */
  get settings(): Record<string, string> {
    return {
      VITRINE_AGENTS__OIDC__ISSUER: this.issuer,
      VITRINE_AGENTS__OIDC__CLIENT_ID: CLIENT.id,
      VITRINE_AGENTS__OIDC__CLIENT_SECRET: CLIENT.secret,
      VITRINE_AGENTS__OIDC__LABEL: "Example ID",
      VITRINE_AGENTS__OIDC__SCOPES: '["openid", "profile", "groups"]',
      VITRINE_RBAC__CLAIMS: '[{ claim = "groups", value = "support", roles = ["agent"] }]',
    };
  }

  /** Knows the server from now on. */
  serves(demo: Demo): void {
    this.demo = demo;
    this.rotatesKeys();
  }

  /** Signs by another key from now on, and publishes no other. */
  rotatesKeys(): void {
    const demo = this.demo;
    if (!demo) throw new Error("the provider knows no server yet");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
    const library = new Library(this.issuer, {
      jwks: { keys: [key] },
      cookies: { keys: ["of this test alone"] },
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [`${demo.server}/api/v1/agent/oidc/callback`],
          post_logout_redirect_uris: [demo.agentPage],
          backchannel_logout_uri: `${demo.server}/api/v1/agent/oidc/back-channel`,
          backchannel_logout_session_required: true,
        },
      ],
      claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, name: "Ann Lee", groups: id === "ann" ? ["support"] : [] }),
      }),
      features: {
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (context: { body: string }, form: string) => {
            context.body = `<!doctype html>${form}<button form="op.logoutForm" name="logout" value="yes">Sign me out</button>`;
          },
        },
      },
      fetch: (url: string | URL, options: RequestInit) => post(url, options, demo.certificate),
    });
    this.answer = library.callback();
  }

  /** Somebody fills in the provider's own pages. */
  async signsIn(page: Page, login: string): Promise<void> {
    await page.getByPlaceholder("Enter any login").fill(login);
    await page.getByPlaceholder("and password").fill("anything");
    await page.getByRole("button", { name: "Sign-in" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** Its message to us, over TLS by the demo's own certificate. */
function post(url: string | URL, options: RequestInit, ca: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(new Headers(options.headers));
    const sent = request(url, { method: options.method ?? "GET", headers, ca }, (answer) => {
      answer.resume().on("end", () => resolve(new Response(null, { status: answer.statusCode ?? 500 })));
    });
    sent.on("error", reject).end(String(options.body ?? ""));
  });
}
