// The lazily loaded part. Its own script element carries what the loader hands over.
import type { RecorderScript } from "./handover.js";
import { Session } from "./session.js";

(document.currentScript as RecorderScript | null)?.vitrine?.((handover) => new Session(handover));
