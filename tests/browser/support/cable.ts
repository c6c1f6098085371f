// What a person's browser is connected by: everything of hers goes through it, and a test can cut it, or hold it still.
import { request as ask, createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { BrowserContextOptions } from "playwright-core";

type Ends = [browser: Duplex, server: Socket];

export class Cable {
  private readonly open = new Set<Ends>();
  private isOut = false;

  private constructor(private readonly proxy: Server) {
    proxy.on("request", (request, response) => {
      if (this.isOut) return response.destroy();
      const onwards = ask(request.url ?? "", { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onwards.on("error", () => response.destroy());
      return request.pipe(onwards);
    });
    proxy.on("connect", (request, browser) => this.join(request, browser));
  }

  static async laid(): Promise<Cable> {
    const proxy = createServer();
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    return new Cable(proxy);
  }

  /** For a browser's context. */
  get options(): BrowserContextOptions {
    const { port } = this.proxy.address() as AddressInfo;
    return { proxy: { server: `http://127.0.0.1:${port}`, bypass: "<-loopback>" } };
  }

  /** Every connection breaks; the next ones pass. */
  cut(): void {
    for (const ends of [...this.open]) for (const end of ends) end.destroy();
  }

  /** Every connection stays, and nothing moves on it any more; the next ones pass. */
  holdStill(): void {
    for (const [browser, server] of this.open) {
      browser.unpipe(server).pause();
      server.unpipe(browser).pause();
    }
  }

  /** No connection, until it is back. */
  pull(): void {
    this.isOut = true;
    this.cut();
  }

  plugIn(): void {
    this.isOut = false;
  }

  remove(): void {
    this.cut();
    this.proxy.closeAllConnections();
    this.proxy.close();
  }

  private join({ url = "" }: IncomingMessage, browser: Duplex): void {
    if (this.isOut) {
      browser.destroy();
      return;
    }
    const server = connect(Number(url.split(":").at(-1)), "127.0.0.1");
    const ends: Ends = [browser, server];
    this.open.add(ends);
    const end = () => {
      this.open.delete(ends);
      for (const one of ends) one.destroy();
    };
    for (const one of ends) one.on("error", end).on("close", end);
    server.on("connect", () => {
      browser.write("HTTP/1.1 200 Connected\r\n\r\n");
      browser.pipe(server).pipe(browser);
    });
  }
}
