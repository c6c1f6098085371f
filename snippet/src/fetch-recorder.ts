// Brings the lazily loaded part into the page, exactly the one that this loader was built with.
import type { RecorderScript, Start } from "./handover.js";

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const { trustedTypes } = window as typeof window & { trustedTypes?: TrustedTypes };

/** Rejects where it cannot be had, or is not what it should be. */
export function fetchRecorder(base: string, nonce: string): Promise<Start> {
  return new Promise((resolve, reject) => {
    const script: RecorderScript = document.createElement("script");
    let url = `${base}snippet/${__RECORDER_FILE__}`;
    try {
      // Where the site demands trusted types, it names our policy in its `trusted-types` directive.
      url = trustedTypes?.createPolicy("vitrine", { createScriptURL: (text) => text }).createScriptURL(url) ?? url;
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
