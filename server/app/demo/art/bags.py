"""Draws the six coffee bags: python3 bags.py OUT_DIR

One bag, six labels. `render.mjs` turns the drawings into the pictures the shop serves.
"""

import pathlib
import sys

INK = "#2c1c12"


def waves():
    rows = "".join(
        f'<path d="M6 {y}q14 -14 28 0t28 0t28 0t28 0" fill="none" stroke="#2f6f76" stroke-width="5" stroke-linecap="round"/>'
        for y in (68, 86, 104)
    )
    return f'<circle cx="62" cy="36" r="22" fill="#e0a243"/>{rows}'


def blossom():
    petals = "".join(
        f'<ellipse cx="62" cy="30" rx="13" ry="26" fill="#f7efe2" stroke="#b3583c" stroke-width="3" transform="rotate({a} 62 58)"/>'
        for a in range(0, 360, 72)
    )
    return f'{petals}<circle cx="62" cy="58" r="10" fill="#e0a243"/>'


def peaks():
    return (
        '<circle cx="92" cy="30" r="14" fill="#e0a243"/>'
        '<path d="M4 106L48 26l34 62 12-20 26 38z" fill="#3f6b4a"/>'
        '<path d="M48 26l14 26-9 8-8-9-8 10-4-8z" fill="#f7efe2"/>'
    )


def hills():
    return (
        '<circle cx="62" cy="36" r="20" fill="#c4573a"/>'
        '<path d="M2 74q30 -34 60 -10t60 -8v50H2z" fill="#8a9a5b"/>'
        '<path d="M2 90q34 -26 62 -6t58 -8v30H2z" fill="#5c7040"/>'
    )


def moon():
    stars = "".join(f'<circle cx="{x}" cy="{y}" r="{r}" fill="#e7c983"/>' for x, y, r in
                    ((24, 26, 3), (104, 22, 4), (96, 64, 3), (20, 78, 4), (108, 96, 3), (40, 104, 2.5)))
    return f'{stars}<path d="M74 18a42 42 0 1 0 18 68a36 36 0 0 1 -18 -68z" fill="#e7c983"/>'


def volcano():
    return (
        '<path d="M62 38c-16 -4 -12 -22 2 -20c4 -16 28 -10 24 4c12 2 8 18 -6 16" fill="#b9b0a4"/>'
        '<path d="M4 106L48 42h28l44 64z" fill="#6d4a3a"/>'
        '<path d="M48 42h28l10 15-10 10-8-9-9 14-9-12-9 6z" fill="#c4573a"/>'
    )


# id, name, second line, bag, fold, label, label ink, tile light, tile dark, motif
BAGS = [
    ("harbour", "Harbour", "HOUSE BLEND", "#2f5d62", "#274e53", "#f6eedf", INK, "#f1e4cf", "#dcc6a4", waves),
    ("kochere", "Kochere", "ETHIOPIA", "#c9694a", "#b0573b", "#f9efdf", INK, "#f4ddcd", "#e2b79e", blossom),
    ("alta", "Finca Alta", "COLOMBIA", "#d9a441", "#bf8d31", "#fbf3e2", INK, "#f3e6c4", "#dec68a", peaks),
    ("toraja", "Toraja", "SULAWESI", "#6b7a45", "#5a6839", "#f4eedb", INK, "#e6e6cc", "#c3c79c", hills),
    ("nightwatch", "Night Watch", "DECAF", "#2b3350", "#222943", "#39436a", "#f2e3bd", "#dadcE8", "#aeb3cb", moon),
    ("antigua", "Antigua", "GUATEMALA", "#5b3a2a", "#4a2e21", "#f3e7d6", INK, "#ecdccb", "#cdb098", volcano),
]

BEAN = (
    '<g transform="translate({x} {y}) rotate({a})"><ellipse rx="19" ry="13" fill="#5a3622"/>'
    '<ellipse cx="-3" cy="-4" rx="12" ry="6" fill="#7a4d33" opacity=".7"/>'
    '<path d="M-18 1q9 -7 18 0t18 -1" fill="none" stroke="#2e190e" stroke-width="3" stroke-linecap="round"/></g>'
)
BEANS = "".join(BEAN.format(x=x, y=y, a=a) for x, y, a in
                ((92, 536, -18), (128, 556, 24), (372, 552, -30), (404, 534, 16), (346, 564, 8)))


def bag(name, second, body, fold, label, ink, light, dark, motif):
    size = 31 if len(name) < 9 else 25
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 600" width="480" height="600">
<defs>
<radialGradient id="tile" cx=".45" cy=".4" r=".8"><stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/></radialGradient>
<linearGradient id="shade"><stop offset="0" stop-color="#000" stop-opacity=".38"/><stop offset=".14" stop-color="#000" stop-opacity=".06"/>
<stop offset=".3" stop-color="#fff" stop-opacity=".2"/><stop offset=".55" stop-color="#fff" stop-opacity="0"/>
<stop offset=".88" stop-color="#000" stop-opacity=".12"/><stop offset="1" stop-color="#000" stop-opacity=".42"/></linearGradient>
<radialGradient id="ground"><stop offset="0" stop-color="#2a160a" stop-opacity=".5"/><stop offset="1" stop-color="#2a160a" stop-opacity="0"/></radialGradient>
</defs>
<rect width="480" height="600" fill="url(#tile)"/>
<ellipse cx="244" cy="540" rx="190" ry="30" fill="url(#ground)"/>
<path id="body" d="M118 138C110 260 104 400 112 520Q114 540 136 541L344 541Q366 540 368 520C376 400 370 260 362 138Z" fill="{body}"/>
<path d="M118 138C110 260 104 400 112 520Q114 540 136 541L344 541Q366 540 368 520C376 400 370 260 362 138Z" fill="url(#shade)"/>
<path d="M146 150C136 270 132 400 140 538M334 150C344 270 348 400 340 538" fill="none" stroke="#000" stroke-opacity=".16" stroke-width="3"/>
<path d="M113 82Q240 74 367 82L364 142Q240 150 116 142Z" fill="{fold}"/>
<path d="M113 82Q240 74 367 82L364 142Q240 150 116 142Z" fill="url(#shade)"/>
<path d="M116 142Q240 150 364 142L364 150Q240 158 116 150Z" fill="#000" opacity=".22"/>
<path d="M114 106Q240 98 366 106" fill="none" stroke="#000" stroke-opacity=".18" stroke-width="2"/>
<path d="M106 104Q240 94 374 104L374 122Q240 112 106 122Z" fill="#d8c6a3"/>
<path d="M106 104Q240 94 374 104L374 109Q240 99 106 109Z" fill="#fff" opacity=".45"/>
<rect x="146" y="196" width="188" height="284" rx="10" fill="#000" opacity=".18"/>
<rect x="144" y="192" width="192" height="284" rx="10" fill="{label}"/>
<rect x="153" y="201" width="174" height="266" rx="6" fill="none" stroke="{ink}" stroke-opacity=".35" stroke-width="1.5"/>
<text x="242" y="234" text-anchor="middle" font-family="DejaVu Serif" font-size="17" letter-spacing="5" fill="{ink}">TIDEWELL</text>
<path d="M196 246h88" stroke="{ink}" stroke-opacity=".4" stroke-width="1.5"/>
<g transform="translate(178 262)">{motif()}</g>
<text x="240" y="412" text-anchor="middle" font-family="DejaVu Serif" font-weight="bold" font-size="{size}" textLength="{min(166, len(name) * 20)}" lengthAdjust="spacingAndGlyphs" fill="{ink}">{name}</text>
<text x="242" y="438" text-anchor="middle" font-family="DejaVu Sans" font-size="13" letter-spacing="3" fill="{ink}">{second}</text>
<text x="240" y="457" text-anchor="middle" font-family="DejaVu Sans" font-size="10" letter-spacing="1" fill="{ink}" opacity=".8">250 g whole bean</text>
{BEANS}
</svg>
"""


out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for slug, *rest in BAGS:
    (out / f"bag-{slug}.svg").write_text(bag(*rest))
