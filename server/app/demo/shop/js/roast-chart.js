// The roast curve on a canvas: bean temperature over twelve minutes, with a point that travels along it.
import { isStill } from "./updates.js";

const MINUTES = 12;
const LAP_MS = 24000;
const FRAME_MS = 100;
const SCALE_C = { low: 60, high: 240 };
const PAD = { left: 52, right: 16, top: 18, bottom: 32 };

/** Draws into `canvas` for a roast that ends at `end_c`, and keeps drawing. */
export function startRoastChart(canvas, end_c) {
  let shown_ms = 0;
  const paint = () => draw(canvas, end_c, (shown_ms % LAP_MS) / LAP_MS);
  paint();
  setInterval(() => {
    if (isStill() || document.hidden) return;
    shown_ms += FRAME_MS;
    paint();
  }, FRAME_MS);
  new ResizeObserver(paint).observe(canvas.parentElement);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

/** Bean temperature after `minute`: falls when the beans go in, then rises ever more slowly. */
function temperature(minute, end_c) {
  const charge = 110 * Math.exp(-minute * 1.7);
  const rise = ((end_c - 80) * (1 - Math.exp(-minute * 0.26))) / (1 - Math.exp(-MINUTES * 0.26));
  return 80 + charge + rise;
}

function draw(canvas, end_c, lap) {
  const width = Math.max(240, Math.floor(canvas.parentElement.clientWidth - 2));
  const height = Math.round(Math.min(260, width * 0.55));
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
    Object.assign(canvas, { width: width * ratio, height: height * ratio });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  const colour = (name) => getComputedStyle(canvas).getPropertyValue(name).trim();
  const x = (minute) => PAD.left + (minute / MINUTES) * (width - PAD.left - PAD.right);
  const y = (c_) =>
    height - PAD.bottom - ((c_ - SCALE_C.low) / (SCALE_C.high - SCALE_C.low)) * (height - PAD.top - PAD.bottom);
  drawGrid(c, { x, y, width, height, line: colour("--line"), ink: colour("--soft") });
  drawCurve(c, { x, y, end_c, stroke: colour("--accent") });
  drawPoint(c, { x, y, end_c, lap, fill: colour("--deep"), ink: colour("--ink"), width });
}

function drawGrid(c, { x, y, width, height, line, ink }) {
  c.font = "12px system-ui, sans-serif";
  c.lineWidth = 1;
  c.strokeStyle = line;
  c.fillStyle = ink;
  c.textAlign = "right";
  for (let at = 80; at <= 240; at += 40) {
    c.beginPath();
    c.moveTo(PAD.left, y(at));
    c.lineTo(width - PAD.right, y(at));
    c.stroke();
    c.fillText(`${at} °C`, PAD.left - 6, y(at) + 4);
  }
  c.textAlign = "center";
  for (let minute = 0; minute <= MINUTES; minute += 3)
    c.fillText(`${minute} min`, Math.min(x(minute), width - 22), height - 10);
}

function drawCurve(c, { x, y, end_c, stroke }) {
  c.beginPath();
  for (let minute = 0; minute <= MINUTES; minute += 0.1) c.lineTo(x(minute), y(temperature(minute, end_c)));
  c.strokeStyle = stroke;
  c.lineWidth = 3;
  c.lineJoin = "round";
  c.stroke();
}

function drawPoint(c, { x, y, end_c, lap, fill, ink, width }) {
  const minute = lap * MINUTES;
  const now_c = temperature(minute, end_c);
  c.beginPath();
  c.arc(x(minute), y(now_c), 7, 0, 2 * Math.PI);
  c.fillStyle = fill;
  c.fill();
  c.strokeStyle = "#fff";
  c.lineWidth = 2;
  c.stroke();
  c.fillStyle = ink;
  c.font = "600 13px system-ui, sans-serif";
  c.textAlign = "center";
  c.fillText(`${Math.round(now_c)} °C`, Math.min(Math.max(x(minute), PAD.left + 24), width - 34), y(now_c) - 14);
}
