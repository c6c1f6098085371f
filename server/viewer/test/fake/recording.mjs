// A small recording, written by hand: a page with text, a field, a canvas and a style sheet.

export const ID = { document: 1, html: 2, head: 3, style: 4, body: 6, heading: 7, stock: 9, canvas: 11, field: 12 };

const element = (id, tagName, attributes = {}, childNodes = []) => ({ id, type: 2, tagName, attributes, childNodes });
const text = (id, textContent) => ({ id, type: 3, textContent });

const STYLE =
  "body { margin: 0; padding: 32px; font: 18px sans-serif; background: #fbf6ee } h1 { color: #4a2c17 } canvas { display: block; margin: 16px 0; border: 1px solid #ccb } input { font: inherit; padding: 8px }";

function tree({ heading = "Morning roast", canvas, extra = [] } = {}) {
  const title = element(20, "title", {}, [text(21, "Roastery: Morning roast")]);
  const style = element(ID.style, "style", { _cssText: STYLE }, [text(5, "")]);
  const body = element(ID.body, "body", {}, [
    element(ID.heading, "h1", {}, [text(8, heading)]),
    element(10, "p", {}, [text(ID.stock, "12 bags left")]),
    element(ID.canvas, "canvas", { width: "40", height: "20", ...(canvas && { rr_dataURL: canvas }) }),
    element(ID.field, "input", { type: "text", value: "", "aria-label": "Name" }),
    ...extra,
  ]);
  return {
    id: ID.document,
    type: 0,
    childNodes: [element(ID.html, "html", { lang: "en" }, [element(ID.head, "head", {}, [title, style]), body])],
  };
}

const now = () => Date.now();

/** A page's beginning. `extra` are nodes at the end of its body, in the recorder's form. */
export function keyframe({ href = "https://roastery.example/morning", width = 1280, height = 720, ...page } = {}) {
  return [
    { type: 4, timestamp: now(), data: { href, width, height } },
    { type: 2, timestamp: now(), data: { node: tree(page), initialOffset: { top: 0, left: 0 } } },
  ];
}

const incremental = (source, data) => ({ type: 3, timestamp: now(), data: { source, ...data } });
const mutation = (change) => incremental(0, { texts: [], attributes: [], removes: [], adds: [], ...change });

export const textBecomes = (id, value) => mutation({ texts: [{ id, value }] });
export const add = (node) => mutation({ adds: [{ parentId: ID.body, nextId: null, node }] });
export const restyle = (id, style) => mutation({ attributes: [{ id, attributes: { style } }] });
export const cursorAt = (x, y) => incremental(1, { positions: [{ x, y, id: ID.body, timeOffset: 0 }] });
export const interaction = (type, id) => incremental(2, { type, id, x: 1, y: 1 });
export const canvasPicture = (image) => ({
  type: 5,
  timestamp: now(),
  data: { tag: "vitrine.canvas", payload: { id: ID.canvas, image } },
});
export { element, text };
