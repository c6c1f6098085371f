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
// Commands, before or after it has loaded: vitrine('start' | 'stop' | 'configure' | 'on', …), or vitrine.start(…) after.
// See docs/SNIPPET.md.
import type { RecorderScript, Running, SiteEvents, Start } from "./handover.js";
import { forget, load, storageWorks } from "./storage.js";
import { openLaunchShell, showButton, showCard, showFailed, showStarting } from "./ui/launch.js";
import { applyLook, type Look, type Shell } from "./ui/shell.js";

interface Options extends Look {
  launch?: boolean;
}
type Listener = (detail: never) => void;
type Api = ((command: string, ...rest: unknown[]) => unknown) & { q?: ArrayLike<unknown>[]; version?: string };

const page = window as typeof window & { vitrine?: Api; trustedTypes?: TrustedTypes };
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

function boot(tag: HTMLScriptElement): void {
  const source = new URL(tag.src);
  const base = source.origin + source.pathname.replace(/(snippet\/)?[^/]*$/, "");
  const { site = "", launch, position, offset = "", colour = "" } = tag.dataset;
  const [offsetX = "", offsetY = ""] = offset.split(" ");
  const options: Options = { launch: launch !== "off", offsetX, offsetY, colour };
  if (position === "start") options.position = position;

  const listeners: [string, Listener][] = [];
  let shell: Shell | undefined;
  let wanted = false;
  let running: Running | undefined;
  let recorder: Promise<Start> | undefined;

  function tell<Name extends keyof SiteEvents>(name: Name, detail: SiteEvents[Name]): void {
    for (const [wantedName, listener] of listeners) {
      // A site's own mistake in a callback must not end the sharing; it is reported as the site's.
      if (wantedName === name) setTimeout(() => listener(detail as never));
    }
  }

  function shown(): Shell {
    shell ??= openLaunchShell(tag.nonce);
    applyLook(shell, options);
    return shell;
  }

  function rest(): void {
    wanted = false;
    running = undefined;
    if (options.launch) showButton(shown(), ask);
    else shell?.dock.replaceChildren();
  }

  function ask(): void {
    showCard(shown(), storageWorks(), start, rest);
  }

  function again(): void {
    wanted = false;
    start();
  }

  function start(): void {
    if (wanted) return;
    wanted = true;
    const saved = load(base);
    if (!saved) showStarting(shown());
    recorder ??= fetchRecorder(base, tag.nonce);
    recorder
      .then((run) => {
        if (wanted) running = run({ base, site, shell: shown(), saved, tell, done: rest, again });
      })
      .catch(() => {
        recorder = undefined;
        wanted = false;
        tell("error", { code: "unavailable" });
        if (!saved) showFailed(shown(), rest);
      });
  }

  const commands: Record<string, (...rest: never[]) => unknown> = Object.assign(Object.create(null), {
    start,
    stop() {
      if (running) running.stop();
      else if (wanted) rest();
      forget();
    },
    configure(changes: Options) {
      Object.assign(options, changes);
      if (shell) applyLook(shell, options);
      if (!wanted) whenLoaded(rest);
    },
    on(name: string, listener: Listener) {
      if (typeof listener === "function") listeners.push([name, listener]);
    },
  });
  const api: Api = (command, ...rest) => {
    try {
      return commands[command]?.(...(rest as never[]));
    } catch {
      tell("error", { code: "internal" });
    }
  };
  for (const name of Object.keys(commands)) Object.assign(api, { [name]: (...rest: unknown[]) => api(name, ...rest) });
  api.version = __VERSION__;

  const queue = page.vitrine?.q ?? [];
  page.vitrine = api;
  for (const call of Array.from(queue)) {
    const [command, ...rest] = Array.from(call);
    api(String(command), ...rest);
  }
  if (load(base)) start();
  else if (!wanted) whenLoaded(() => wanted || rest());
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

function fetchRecorder(base: string, nonce: string): Promise<Start> {
  return new Promise((resolve, reject) => {
    const script: RecorderScript = document.createElement("script");
    let url = `${base}snippet/${__RECORDER_FILE__}`;
    try {
      // Where the site demands trusted types, it names our policy in its `trusted-types` directive.
      url = page.trustedTypes?.createPolicy("vitrine", { createScriptURL: (text) => text }).createScriptURL(url) ?? url;
    } catch {
      // Refused: a plain string is tried, and fails only where it must.
    }
    script.vitrine = resolve;
    script.onload = script.onerror = () => {
      script.remove();
      reject(new Error("unavailable"));
    };
    script.crossOrigin = "anonymous";
    script.integrity = __RECORDER_INTEGRITY__;
    script.nonce = nonce;
    script.src = url;
    document.head.append(script);
  });
}

try {
  const tag = document.currentScript ?? document.querySelector("script[data-site][src*=vitrine]");
  if (tag instanceof HTMLScriptElement && !page.vitrine?.version) boot(tag);
} catch {
  // Nothing of ours may disturb the page.
}
