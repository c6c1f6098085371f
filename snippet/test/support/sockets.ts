// A WebSocket that the test opens, speaks through and closes.

export class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];

  readyState = 0;
  readonly sent: (string | ArrayBuffer)[] = [];
  closedWith: number | undefined;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeSocket.made.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.made[FakeSocket.made.length - 1] as FakeSocket;
  }

  static install(): void {
    FakeSocket.made = [];
    Object.assign(globalThis, { WebSocket: FakeSocket });
  }

  send(frame: string | ArrayBuffer): void {
    this.sent.push(frame);
  }

  close(code = 1005): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  opens(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  fails(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}
