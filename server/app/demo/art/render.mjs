// Turns the drawings into the pictures that the three hosts serve:
//   python3 bags.py DRAWINGS && node render.mjs DRAWINGS
// Needs Chromium, `playwright-core` and, for a small PNG, Python with Pillow. Fonts: DejaVu.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { chromium } from "playwright-core";

const drawings = process.argv[2];
const here = new URL(".", import.meta.url).pathname;
const demo = join(here, "..");

const bags = readdirSync(drawings)
  .filter((file) => file.startsWith("bag-") && file.endsWith(".svg"))
  .flatMap((file) =>
    [320, 480, 800].map((width_px) => ({
      source: join(drawings, file),
      target: join(demo, "shop/img", `${basename(file, ".svg")}-${width_px}.webp`),
      width_px,
    })),
  );
const fallbacks = bags
  .filter(({ width_px }) => width_px === 320)
  .map((job) => ({ ...job, target: job.target.replace(".webp", ".png") }));
const others = [
  ...[480, 800, 1200].map((width_px) => ({
    source: join(here, "hills.svg"),
    target: join(demo, `allowed/img/hills-${width_px}.webp`),
    width_px,
  })),
  ...[120, 240].map((width_px) => ({
    source: join(here, "press.svg"),
    target: join(demo, `foreign/img/press-${width_px}.png`),
    width_px,
  })),
];

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
for (const { source, target, width_px } of [...bags, ...fallbacks, ...others]) {
  const svg = readFileSync(source, "utf8");
  const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/).map(Number);
  const data_url = await page.evaluate(draw, {
    svg: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`,
    width: width_px,
    height: Math.round((width_px * height) / width),
    type: target.endsWith(".webp") ? "image/webp" : "image/png",
  });
  writeFileSync(target, Buffer.from(data_url.split(",")[1], "base64"));
  if (target.endsWith(".png")) shrink(target);
}
await browser.close();

async function draw({ svg, width, height, type }) {
  const image = new Image();
  image.src = svg;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  return canvas.toDataURL(type, 0.86);
}

function shrink(png) {
  const script =
    "import sys; from PIL import Image; p = sys.argv[1]; Image.open(p).convert('RGBA').quantize(96).save(p, optimize=True)";
  execFileSync(process.env.PYTHON ?? "python3", ["-c", script, png]);
}
