// Small line icons, drawn here so that nothing is fetched.

const PATHS = {
  eye: [
    "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12Z",
    "M12 9.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6Z",
  ],
  pointer: ["M6 4l12 8-5.4 1.2L10 19Z"],
  pencil: ["M4 20l1-4L16.5 4.5l3 3L8 19Z", "M14 7l3 3"],
  pause: ["M9 6v12", "M15 6v12"],
  wait: ["M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z", "M12 8v4.5l3 1.5"],
  warn: ["M12 4l9 16H3Z", "M12 10v4.5", "M12 17.4v.1"],
  grip: ["M9 6v.1", "M9 12v.1", "M9 18v.1", "M15 6v.1", "M15 12v.1", "M15 18v.1"],
} satisfies Record<string, string[]>;

export type Icon = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
