// The loader: all of Vitrine that a page carries until a session starts.
//
//   <script async src="https://support.example/vitrine.js" data-site="shop"></script>
//
//   data-site      the website's id in the server's configuration (required)
//   data-launch    "off": no launch button; the site calls vitrine('start') itself
//   data-position  "end" (default) or "start": the corner, in reading direction
//   data-offset    distance from that corner, e.g. "16px 88px" (inline, block)
//   data-colour    the button's colour
//
// Commands, before or after it has loaded: vitrine('start' | 'stop' | 'configure' | 'on' | 'authenticate' | 'attributes', …), or vitrine.start(…) after.
// See docs/SNIPPET.md.
import { fetchRecorder } from "./fetch-recorder.js";
import type { Authenticate, CustomerInPage, Running, SiteEvents, Start } from "./handover.js";
import { forget, load, storageWorks, wasLeft } from "./storage.js";
import { openLaunchShell, showButton, showCard, showFailed, showLeft, showStarting } from "./ui/launch.js";
import { applyLook, type Look, type Shell } from "./ui/shell.js";

interface Options extends Look {
  launch?: boolean;
}
type Listener = (detail: never) => void;
type Command = (...rest: never[]) => unknown;
type Api = ((command: string, ...rest: unknown[]) => unknown) & { q?: ArrayLike<unknown>[]; version?: string };

const page = window as typeof window & { vitrine?: Api };

class Loader {
  private readonly base: string;
  private readonly options: Options;
  private readonly listeners: [string, Listener][] = [];
  private readonly customer: CustomerInPage = {};
  private shell: Shell | undefined;
  /** Sharing, or about to. */
  private wanted = false;
  private running: Running | undefined;
  private recorder: Promise<Start> | undefined;

  readonly commands: Record<string, Command> = Object.assign(Object.create(null), {
    start: () => this.start(),
    stop: () => this.stop(),
    configure: (changes: Options) => this.configure(changes),
    on: (name: string, listener: Listener) => {
      if (typeof listener === "function") this.listeners.push([name, listener]);
    },
    authenticate: (callback?: Authenticate) => {
      this.customer.authenticate = typeof callback === "function" ? callback : undefined;
      this.running?.told("authenticate");
    },
    attributes: (attributes: object) => {
      this.customer.attributes = JSON.stringify({ ...attributes });
      this.running?.told("attributes");
    },
  });

  constructor(private readonly tag: HTMLScriptElement) {
    const { origin, pathname } = new URL(tag.src);
    this.base = origin + pathname.replace(/(snippet\/)?[^/]*$/, "");
    this.options = optionsOf(tag);
  }

  /** Goes on with the session of an earlier page, or waits to be asked. */
  open(): void {
    if (load(this.base)) this.start();
    else if (wasLeft()) whenLoaded(() => this.wanted || showLeft(this.shown(), () => this.rest()));
    else whenLoaded(() => this.wanted || this.rest());
  }

  tell<Name extends keyof SiteEvents>(name: Name, detail: SiteEvents[Name]): void {
    for (const [wantedName, listener] of this.listeners) {
      // A site's own mistake in a callback must not end the sharing; it is reported as the site's.
      if (wantedName === name) setTimeout(() => listener(detail as never));
    }
  }

  private rest(): void {
    this.wanted = false;
    this.running = undefined;
    if (this.options.launch) showButton(this.shown(), () => this.ask());
    else this.shell?.dock.replaceChildren();
  }

  private ask(): void {
    showCard(
      this.shown(),
      storageWorks(),
      () => this.start(),
      () => this.rest(),
    );
  }

  private start(): void {
    if (this.wanted) return;
    this.wanted = true;
    const resumes = load(this.base) !== null;
    if (!resumes) showStarting(this.shown());
    this.recorder ??= fetchRecorder(this.base, this.tag.nonce);
    this.recorder.then((run) => this.run(run)).catch(() => this.failed(resumes));
  }

  private run(run: Start): void {
    if (!this.wanted) return;
    this.running = run({
      base: this.base,
      site: this.tag.dataset.site ?? "",
      shell: this.shown(),
      customer: this.customer,
      saved: load(this.base),
      tell: (name, detail) => this.tell(name, detail),
      done: () => this.rest(),
      again: () => {
        this.wanted = false;
        this.start();
      },
    });
  }

  private failed(resumes: boolean): void {
    this.recorder = undefined;
    this.wanted = false;
    this.tell("error", { code: "unavailable" });
    if (!resumes) showFailed(this.shown(), () => this.rest());
  }

  private stop(): void {
    if (this.running) this.running.stop();
    else if (this.wanted) this.rest();
    forget();
  }

  private configure(changes: Options): void {
    Object.assign(this.options, changes);
    if (this.shell) applyLook(this.shell, this.options);
    if (!this.wanted) whenLoaded(() => this.wanted || this.rest());
  }

  private shown(): Shell {
    this.shell ??= openLaunchShell(this.tag.nonce);
    applyLook(this.shell, this.options);
    return this.shell;
  }
}

function optionsOf({ dataset: { launch, position, offset = "", colour = "" } }: HTMLScriptElement): Options {
  const [offsetX = "", offsetY = ""] = offset.split(" ");
  return { launch: launch !== "off", position: position === "start" ? "start" : "end", offsetX, offsetY, colour };
}

/** The function that the site calls; what it called before is carried out first. */
function publish(loader: Loader): void {
  const api: Api = (command, ...rest) => {
    try {
      return loader.commands[command]?.(...(rest as never[]));
    } catch {
      loader.tell("error", { code: "internal" });
    }
  };
  for (const name of Object.keys(loader.commands)) {
    Object.assign(api, { [name]: (...rest: unknown[]) => api(name, ...rest) });
  }
  api.version = __VERSION__;
  const queue = page.vitrine?.q ?? [];
  page.vitrine = api;
  for (const call of Array.from(queue)) {
    const [command, ...rest] = Array.from(call);
    api(String(command), ...rest);
  }
}

/** After the page's own work, so that a framework finds the document as its server wrote it. */
function whenLoaded(then: () => void): void {
  const guarded = () => {
    try {
      then();
    } catch {
      // The page stays as it was, without a button.
    }
  };
  if (document.readyState === "complete") guarded();
  else addEventListener("load", guarded, { once: true });
}

try {
  const tag = document.currentScript ?? document.querySelector("script[data-site][src*=vitrine]");
  if (tag instanceof HTMLScriptElement && !page.vitrine?.version) {
    const loader = new Loader(tag);
    publish(loader);
    loader.open();
  }
} catch {
  // Nothing of ours may disturb the page.
}
