// Where the dock stands: dragged anywhere, moved from corner to corner by a button, and never over the field in use.

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const MARGIN = 8;

export class Place {
  private x = 0;
  private y = 0;
  private corner = 0;
  private frame = 0;
  private readonly end = new AbortController();

  constructor(private readonly dock: HTMLElement) {
    const { signal } = this.end;
    const later = { signal, passive: true, capture: true };
    for (const name of ["focusin", "input", "scroll"]) document.addEventListener(name, this.soon, later);
    addEventListener("resize", this.soon, later);
    window.visualViewport?.addEventListener("resize", this.aboveKeyboard, { signal });
  }

  release(): void {
    this.end.abort();
    cancelAnimationFrame(this.frame);
    this.dock.style.transform = "";
    this.dock.style.removeProperty("--lift");
  }

  /** Lets a person drag the dock by this part of it; its buttons stay buttons. */
  dragBy(handle: HTMLElement): void {
    handle.onpointerdown = (down) => {
      const pressed = (down.target as Element).closest("button");
      if (down.button !== 0 || (pressed && !pressed.classList.contains("grip"))) return;
      const from = { x: this.x - down.clientX, y: this.y - down.clientY };
      let dragged = false;
      handle.onpointermove = (move) => {
        if (!dragged && Math.hypot(move.clientX - down.clientX, move.clientY - down.clientY) < 4) return;
        if (!dragged) handle.setPointerCapture(down.pointerId);
        dragged = true;
        this.moveTo(from.x + move.clientX, from.y + move.clientY, false);
      };
      handle.onpointerup = handle.onpointercancel = () => {
        handle.onpointermove = handle.onpointerup = handle.onpointercancel = null;
      };
    };
  }

  nextCorner(): void {
    this.corner = (this.corner + 1) % 4;
    const [x, y] = this.corners()[this.corner] ?? [0, 0];
    this.moveTo(x, y, true);
  }

  /** Looks again at what stands where, once in the next frame. */
  readonly soon = (): void => {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.settle());
  };

  private settle(): void {
    this.moveTo(this.x, this.y, false);
    const field = fieldInUse();
    if (!field || !overlaps(this.boxAt(this.x, this.y), field)) return;
    const free = this.corners().find(([x, y]) => !overlaps(this.boxAt(x, y), field));
    if (free) this.moveTo(free[0], free[1], true);
  }

  private readonly aboveKeyboard = (): void => {
    const view = window.visualViewport;
    if (view?.scale !== 1) return;
    this.dock.style.setProperty("--lift", `${Math.max(0, innerHeight - view.height - view.offsetTop)}px`);
  };

  private moveTo(x: number, y: number, glide: boolean): void {
    const home = this.home();
    const { clientWidth, clientHeight } = document.documentElement;
    this.x = clamp(x, MARGIN - home.left, clientWidth - MARGIN - home.right);
    this.y = clamp(y, MARGIN - home.top, viewHeight(clientHeight) - MARGIN - home.bottom);
    this.dock.classList.toggle("glide", glide);
    this.dock.style.transform = this.x || this.y ? `translate(${this.x}px, ${this.y}px)` : "";
  }

  /** The visible parts of the dock, as if it had not been moved. */
  private home(): Box {
    const shift = shiftNow(this.dock);
    const box = unite(Array.from(this.dock.children, (child) => child.getBoundingClientRect()));
    return {
      left: box.left - shift.x,
      right: box.right - shift.x,
      top: box.top - shift.y,
      bottom: box.bottom - shift.y,
    };
  }

  private boxAt(x: number, y: number): Box {
    const home = this.home();
    return { left: home.left + x, right: home.right + x, top: home.top + y, bottom: home.bottom + y };
  }

  /** How far each corner is from home, the home corner first. */
  private corners(): [number, number][] {
    const home = this.home();
    const { clientWidth, clientHeight } = document.documentElement;
    const across = clientWidth - home.right - home.left;
    const up = viewHeight(clientHeight) - home.bottom - home.top;
    return [
      [0, 0],
      [0, up],
      [across, up],
      [across, 0],
    ];
  }
}

/** In the middle of a glide the box is not yet where the style says. */
function shiftNow(dock: HTMLElement): { x: number; y: number } {
  const now = getComputedStyle(dock).transform;
  if (!now || now === "none") return { x: 0, y: 0 };
  const { e, f } = new DOMMatrix(now);
  return { x: e, y: f };
}

/** The box of the field that the customer types in; a whole frame in focus tells nothing. */
function fieldInUse(): Box | null {
  const active = document.activeElement;
  if (!active?.matches("input, textarea, select, [contenteditable]:not([contenteditable=false])")) return null;
  return active.getBoundingClientRect();
}

function viewHeight(clientHeight: number): number {
  // A document in quirks mode tells the height of its content here.
  return Math.min(clientHeight, innerHeight) || innerHeight;
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function unite(boxes: DOMRect[]): Box {
  const seen = boxes.filter(({ width, height }) => width > 1 && height > 1);
  return {
    left: Math.min(...seen.map(({ left }) => left)),
    right: Math.max(...seen.map(({ right }) => right)),
    top: Math.min(...seen.map(({ top }) => top)),
    bottom: Math.max(...seen.map(({ bottom }) => bottom)),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Number.isFinite(low) ? Math.max(low, Math.min(value, Math.max(low, high))) : 0;
}
