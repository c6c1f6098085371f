// Where people go: what a demo and a cluster have in common.
export interface Place {
  /** The server's origin. */
  readonly server: string;
  /** The website's origin. */
  readonly shop: string;
  readonly agentPage: string;
  readonly login: { name: string; password: string };
  /** What Chromium wants to know of the certificate to trust just this one. */
  readonly keyFingerprint: string;
}
