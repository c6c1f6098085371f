// One session from the customer's side: joins the socket, the recorder and what the customer sees.
import { AssetSender } from "./assets.js";
import { EventChannel } from "./channel.js";
import { Contact } from "./contact.js";
import { codeUntil, createSession, pageUrl, Refusal, randomId } from "./create.js";
import type { CustomerInPage, Handover, Running, SharingState } from "./handover.js";
import { ATTRIBUTES_CHARS, ESCAPE_TWICE_MS, LOST_AFTER_MS } from "./limits.js";
import { Link } from "./link.js";
import { People } from "./people.js";
import { Recorder } from "./recorder.js";
import { forget, type Saved, save, storageWorks, tellNextPage } from "./storage.js";
import { SharingUi } from "./ui/sharing.js";
import type { View } from "./ui/view.js";
import { ASKS, CAN_DO, WORDS } from "./ui/words.js";
import type { Hello, Mode, Rules, ServerMessage, Welcome } from "./wire.js";

interface CodeNews {
  joinCode?: string | null;
  expiresAt?: string | number;
}

/** Why a session did not begin, where the customer can do something about it or ought to know. */
const FAILURES: Readonly<Record<string, string>> = {
  "authenticate-timeout": "not-identified",
  "authenticate-failed": "not-identified",
  "contact-token-refused": "not-identified",
  "contact-required": "contact-required",
};

/** New for each document: names it in every connection made from here. */
const INSTANCE = randomId();

export class Session implements Running {
  private saved: Saved | null;
  private link: Link | undefined;
  private readonly channel: EventChannel;
  private readonly recorder: Recorder;
  private readonly ui: SharingUi;
  private readonly contact: Contact;
  private readonly assets = new AssetSender(() => this.countSent());
  private readonly listening = new AbortController();
  private readonly keepsOverPages = storageWorks();
  private rules: Partial<Rules> = {};
  private readonly people = new People((joined, left) => this.peopleChanged(joined, left));
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private mode: Mode = "view";
  private state: SharingState = "starting";
  private reason = "";
  private tooLarge = false;
  /** What the server has of this document cannot be built on: it gets a full snapshot. */
  private fresh = false;
  private escapedAt = Number.NEGATIVE_INFINITY;
  private features: string[] = [];

  constructor(private readonly handover: Handover) {
    this.saved = handover.saved;
    this.contact = new Contact(
      handover.customer,
      () => (this.isOver() ? null : this.saved),
      (detail) => handover.tell("error", detail),
    );
    this.recorder = new Recorder(handover.shell.host, (event) => this.channel.push(event));
    this.channel = new EventChannel({
      send: (json) => this.link?.sendJson(json),
      snapshot: () => this.recorder.snapshot(),
      tooLarge: () => this.refuseSize(),
    });
    this.ui = new SharingUi(handover.shell, {
      stop: () => this.stop(),
      pause: () => this.pause(true),
      resume: () => this.pause(false),
      newCode: () => this.startOver(),
      hereInstead: () => this.hereInstead(),
      answer: (request, granted) => this.link?.send({ t: "consent", request, granted }),
      close: () => this.leave(),
    });
    this.listen();
    void this.begin();
  }

  stop(reason = "customer"): void {
    this.link?.send({ t: "end" });
    this.link?.flushNow();
    this.end(reason);
  }

  told(what: keyof CustomerInPage): void {
    if (what === "attributes") this.sendAttributes();
    else this.contact.named();
  }

  private sendAttributes(): void {
    const { attributes } = this.handover.customer;
    if (attributes === undefined || !this.features.includes("attributes")) return;
    if (attributes.length > ATTRIBUTES_CHARS) this.handover.tell("error", { code: "attributes-too-large" });
    else this.link?.sendJson(`{"t":"attributes","attributes":${attributes}}`);
  }

  private async begin(): Promise<void> {
    this.become("starting");
    try {
      if (!this.saved) await this.create();
      if (this.state !== "ended") this.connect();
    } catch (error) {
      const code = error instanceof Refusal ? error.code : "unavailable";
      this.handover.tell("error", { code });
      this.end(FAILURES[code] ?? "failed");
    }
  }

  private async create(): Promise<void> {
    const contactToken = await this.contact.first();
    // She may have stopped while the page or the server was asked; a session then ends by itself, unused.
    if (this.isOver()) return;
    const saved = await createSession(this.handover.base, this.handover.site, contactToken);
    if (this.isOver()) return;
    this.remember(saved);
    this.tellCode();
  }

  private connect(): void {
    if (!this.saved) return;
    this.link = new Link(this.saved.socket, this.saved.token, {
      hello: () => this.hello(),
      received: (message) => this.receive(message),
      lost: () => this.lost(),
      over: (reason) => (reason === "elsewhere" ? this.elsewhere() : this.end(reason)),
    });
    this.link.open();
  }

  private hello(): Hello {
    const saved = this.saved;
    const title = this.recorder.masker.coversNow(document.querySelector("title")) ? "" : document.title;
    const page = { url: pageUrl(), title, tab: saved?.tab ?? "", instance: INSTANCE };
    const hello: Hello = { t: "hello", page, snippet: __VERSION__, features: ["assets", "contact", "epochs"] };
    if (saved?.epoch) hello.resume = { seq: this.channel.appliedSeq, epoch: saved.epoch };
    return hello;
  }

  private receive(message: ServerMessage): void {
    switch (message.t) {
      case "welcome":
        this.welcome(message);
        break;
      case "rules":
        this.rules = message.rules;
        this.recorder.setRules(message.rules);
        this.tellAnew();
        break;
      case "snapshot":
        this.tellAnew();
        break;
      case "ack":
        this.channel.ack(message.applied);
        this.sawEpoch(message.epoch ?? 0);
        break;
      case "participants":
        this.takeCode(message);
        this.people.are(message.agents ?? []);
        break;
      case "mode":
        this.changeMode(message.mode);
        break;
      case "asset-request":
        if (this.saved && !this.saved.paused) void this.assets.answer(message, this.saved);
        break;
      case "contact-request":
        void this.contact.renew();
        break;
      case "consent-request":
        // What this version cannot put into words it cannot ask her.
        if (Object.hasOwn(ASKS, message.kind)) this.ui.ask(message);
        else this.link?.send({ t: "consent", request: message.request, granted: false });
        break;
      case "command":
        this.link?.send({ t: "result", command: message.id, ok: false, error: { code: "unsupported" } });
        break;
      case "ended":
        this.end(message.reason ?? "");
    }
  }

  private tellAnew(): void {
    if (!this.saved?.paused) this.channel.startOver();
  }

  private welcome(welcome: Welcome): void {
    const { saved } = this;
    if (!saved) return;
    clearTimeout(this.lostTimer);
    this.people.reconnected();
    this.rules = welcome.rules ?? {};
    this.mode = known(welcome.mode);
    this.takeCode(welcome);
    this.sawEpoch(welcome.epoch);
    const continued = this.channel.resume(welcome.applied, welcome.limits ?? {}, this.fresh);
    this.fresh = false;
    this.features = welcome.features ?? [];
    this.sendAttributes();
    this.recorder.setRules(this.rules);
    if (saved.paused) {
      this.channel.hold();
      this.link?.send({ t: "pause" });
    } else if (!this.recorder.running) {
      this.channel.release(() => this.record());
    } else if (!continued) {
      this.channel.startOver();
    }
    this.settle();
  }

  /** The first time in this document, and then for as long as it lasts. */
  private record(): void {
    whenParsed(() => {
      if (this.state === "ended" || this.saved?.paused) return;
      this.recorder.start(this.rules, this.features.includes("canvas"));
    });
  }

  /** Each full snapshot begins an epoch. A server that takes the session on learns from us which was the last. */
  private sawEpoch(epoch: number): void {
    if (this.saved && epoch > this.saved.epoch) this.remember({ ...this.saved, epoch });
  }

  private peopleChanged(joined: string | undefined, left: string | undefined): void {
    this.settle();
    if (joined) this.ui.say(WORDS.joined(joined));
    else if (left) this.ui.say(WORDS.left(left));
  }

  private changeMode(mode: Mode): void {
    this.mode = known(mode);
    this.settle();
    this.ui.say(CAN_DO[this.mode]);
  }

  /** A used code is replaced by a new one, or by none (null) while no other agent may come. */
  private takeCode({ joinCode, expiresAt }: CodeNews): void {
    if (!this.saved || joinCode === undefined || joinCode === this.saved.joinCode) return;
    const until = expiresAt === undefined ? null : codeUntil(expiresAt, Date.now());
    this.remember({ ...this.saved, joinCode: joinCode ?? "", codeUntil: until });
    if (joinCode) this.tellCode();
  }

  private pause(paused: boolean): void {
    if (!this.saved) return;
    this.remember({ ...this.saved, paused });
    if (paused) {
      this.channel.hold();
      this.link?.send({ t: "pause" });
    } else if (this.recorder.running) {
      this.channel.startOver();
    } else {
      this.channel.release(() => this.record());
    }
    this.settle();
  }

  /** From here on: what the customer sees of it. */
  private settle(): void {
    if (this.state === "ended") return;
    if (this.saved?.paused) this.become("paused");
    else this.become(this.people.agents.length > 0 ? "sharing" : "waiting");
  }

  /** What happens on the page goes on being kept. A loss is told only if it lasts. */
  private lost(): void {
    this.channel.offline();
    this.people.forget();
    this.ui.dismissRequest();
    clearTimeout(this.lostTimer);
    this.lostTimer = setTimeout(() => this.become("reconnecting"), LOST_AFTER_MS);
  }

  private elsewhere(): void {
    clearTimeout(this.lostTimer);
    this.channel.offline();
    this.channel.hold();
    this.ui.dismissRequest();
    // The other tab carries the session on; a reload here must not take it back unasked.
    forget();
    this.become("elsewhere");
  }

  private hereInstead(): void {
    if (!this.saved) return;
    this.remember({ ...this.saved, paused: false });
    this.fresh = true;
    this.become("reconnecting");
    this.link?.open();
  }

  private countSent(): void {
    if (!this.saved) return;
    this.remember({ ...this.saved, sent: (this.saved.sent ?? 0) + 1 });
    this.ui.show(this.view());
  }

  private refuseSize(): void {
    this.tooLarge = true;
    this.handover.tell("error", { code: "page-too-large" });
    this.settle();
    this.ui.say(WORDS.tooLarge);
  }

  private become(state: SharingState): void {
    const changed = this.state !== state;
    this.state = state;
    this.ui.show(this.view());
    if (!changed) return;
    this.handover.tell("state", { state });
    if (state === "reconnecting") this.ui.say(WORDS.lost);
    if (state === "paused") this.ui.say(WORDS.paused);
  }

  private view(): View {
    return {
      state: this.state,
      agents: this.people.agents,
      mode: this.mode,
      code: this.saved?.joinCode ?? "",
      codeUntil: this.saved?.codeUntil ?? null,
      keepsOverPages: this.keepsOverPages,
      tooLarge: this.tooLarge,
      sent: this.saved?.sent ?? 0,
      reason: this.reason,
    };
  }

  private isOver(): boolean {
    return this.state === "ended";
  }

  private end(reason: string): void {
    if (this.state === "ended") return;
    this.release();
    this.reason = reason;
    this.become("ended");
    this.handover.tell("ended", { reason });
  }

  private release(): void {
    this.listening.abort();
    clearTimeout(this.lostTimer);
    this.people.forget();
    this.recorder.stop();
    this.channel.offline();
    this.channel.hold();
    this.link?.close();
    forget();
    this.ui.dismissRequest();
  }

  /** A session of its own with a code of its own, as if this one had never been. */
  private startOver(): void {
    this.link?.send({ t: "end" });
    this.release();
    this.state = "ended";
    this.ui.release();
    this.handover.again();
  }

  private leave(): void {
    this.release();
    this.ui.release();
    this.handover.done();
  }

  private remember(saved: Saved): void {
    this.saved = saved;
    save(saved);
  }

  private tellCode(): void {
    if (!this.saved) return;
    this.handover.tell("code", { code: this.saved.joinCode, expiresAt: this.saved.codeUntil });
  }

  private listen(): void {
    const { signal } = this.listening;
    addEventListener("pagehide", ({ persisted }) => this.hidden(persisted), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.shown(), { signal });
    addEventListener("keydown", (event) => this.escape(event), { signal, capture: true });
  }

  /** The page goes, for good or into the back/forward cache, which takes no page with an open socket. */
  private hidden(persisted: boolean): void {
    if (!this.keepsOverPages) {
      this.stop("left");
      tellNextPage();
      return;
    }
    this.channel.flush();
    this.link?.flushNow();
    if (!persisted || this.state === "elsewhere") return;
    this.channel.offline();
    this.link?.close();
  }

  private shown(): void {
    if (this.state === "elsewhere") return;
    this.fresh = true;
    this.become("reconnecting");
    this.link?.open();
  }

  private escape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.repeat || !event.isTrusted || this.state === "elsewhere") return;
    if (event.timeStamp - this.escapedAt < ESCAPE_TWICE_MS) {
      this.stop();
      return;
    }
    this.escapedAt = event.timeStamp;
    this.ui.hint(WORDS.escape);
  }
}

/** Of a mode that a newer server speaks of she is told the least: that she is seen. */
function known(mode: Mode): Mode {
  return Object.hasOwn(CAN_DO, mode) ? mode : "view";
}

function whenParsed(then: () => void): void {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", then, { once: true });
  else then();
}
