"""Draws the shop's icon font: python3 icons.py ../shop/fonts/tidewell-icons.woff2

Needs `fonttools` and `brotli`. Every glyph is a filled SVG path on a 24 x 24 grid; holes run anticlockwise.
"""

import math
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path

UNITS = 960
GRID = 24
FIRST_CODE = 0xE001


def circle(x, y, r, hole=False):
    sweep = 0 if hole else 1
    return f"M{x} {y - r}a{r} {r} 0 1 {sweep} 0 {2 * r}a{r} {r} 0 1 {sweep} 0 {-2 * r}z"


def star(x, y, outer, inner):
    points = []
    for i in range(10):
        r = outer if i % 2 == 0 else inner
        angle = math.pi * i / 5
        points.append(f"{x + r * math.sin(angle):.2f} {y - r * math.cos(angle):.2f}")
    return "M" + "L".join(points) + "z"


GLYPHS = {
    "cup": "M3 9h14v5a5 5 0 0 1-5 5H8a5 5 0 0 1-5-5z"
    "M17.8 10h.7a3 3 0 0 1 0 6.2h-1.7l.6-1.7h1.1a1.4 1.4 0 0 0 0-2.8h-.7z"
    "M3 20.2h14v1.6H3zM6.5 2.5h1.5c-1 1.5 1.2 2.5 0 4.8H6.5c1.2-2.3-1-3.3 0-4.8z"
    "M11 2.5h1.5c-1 1.5 1.2 2.5 0 4.8H11c1.2-2.3-1-3.3 0-4.8z",
    "basket": "M2 9.5h20v2h-.8l-1.7 8a2 2 0 0 1-2 1.5h-11a2 2 0 0 1-2-1.5l-1.7-8H2z"
    "M8 13.5v5h1.4v-5zM11.3 13.5v5h1.4v-5zM14.6 13.5v5H16v-5z"
    "M8.3 3l1.6.8-2.5 5.2H5.5zM15.7 3l-1.6.8 2.5 5.2h1.9z",
    "user": circle(12, 7.5, 4) + "M4 21c0-4.5 3.6-7.5 8-7.5s8 3 8 7.5z",
    "star": star(12, 12.6, 10, 4.2),
    "truck": "M1.5 6h12v10h-12zM14.5 9h4l4 4v3h-8z" + circle(6.5, 17.2, 2.4) + circle(17.8, 17.2, 2.4),
    "lock": "M5.5 11h13v10h-13zM8 10.5V8a4 4 0 0 1 8 0v2.5h-1.9V8a2.1 2.1 0 0 0-4.2 0v2.5z"
    + circle(12, 16, 1.5, hole=True),
    "clock": circle(12, 12, 9.5) + circle(12, 12, 7.8, hole=True) + "M11.2 6.5h1.7v5.2l3.6 2.2-.9 1.4-4.4-2.7z",
    "check": "M4 12.6l1.8-1.8 4.2 4.2 8.3-8.6 1.8 1.8L10 18.6z",
    "speech": "M3 4h18v12.5h-9.5L6.5 21v-4.5H3z",
    "pause": "M6 4.5h4v15H6zM14 4.5h4v15h-4z",
    "play": "M6.5 4l13 8-13 8z",
    "bean": "M13.5 2.6c-5.2 1.3-9.5 6.6-8.6 11.9.3 1.9 1.1 3.5 2.3 4.7.4-2.7 1-4.7 3-7 2-2.4 3.3-5.5 3.3-9.6z"
    "M15.4 2.6c.2 4.6-1.3 8-3.5 10.6-1.8 2.2-2.7 4.2-2.8 7.4 1.5.8 3.2 1 5 .5 5-1.5 7.6-7.2 6.3-12.3-.8-3-2.6-5.2-5-6.2z",
}


def draw(path):
    scale = UNITS / GRID
    glyph_pen = TTGlyphPen(None)
    quadratic = Cu2QuPen(glyph_pen, max_err=1.0, reverse_direction=False)
    # SVG counts downwards, a font upwards.
    parse_path(path, TransformPen(quadratic, (scale, 0, 0, -scale, 0, 0.85 * UNITS)))
    return glyph_pen.glyph()


def build(target):
    order = [".notdef", "space", *GLYPHS]
    font = FontBuilder(UNITS, isTTF=True)
    font.setupGlyphOrder(order)
    codes = {FIRST_CODE + i: name for i, name in enumerate(GLYPHS)}
    font.setupCharacterMap({0x20: "space", **codes})
    empty = TTGlyphPen(None).glyph()
    font.setupGlyf({".notdef": empty, "space": empty, **{n: draw(p) for n, p in GLYPHS.items()}})
    font.setupHorizontalMetrics({name: (UNITS, 0) for name in order})
    font.setupHorizontalHeader(ascent=int(0.85 * UNITS), descent=-int(0.15 * UNITS))
    font.setupNameTable({"familyName": "Tidewell Icons", "styleName": "Regular"})
    font.setupOS2(sTypoAscender=int(0.85 * UNITS), sTypoDescender=-int(0.15 * UNITS))
    font.setupPost()
    font.font.flavor = "woff2"
    font.save(target)
    for code, name in codes.items():
        print(f"\\{code:x} {name}")


build(sys.argv[1])
