"""The pen of the silhouettes: primitives in a square of 100 x 100 units, painted by role instead of by colour.

A silhouette says *what part* something is (`main`, `shade`, `metal`, ...); the palette decides how that looks, so one drawing of a mug serves
every colour and every pattern. `main`, `light` and `shade` are textured with the product's colour and pattern."""
from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from functools import cached_property

from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]
RGBA = tuple[int, int, int, int]

FIXED: dict[str, RGBA] = {  # parts whose look does not depend on the product's colour
    'black': (34, 34, 38, 255), 'dark': (62, 63, 68, 255), 'grey': (140, 142, 148, 255), 'metal': (182, 186, 192, 255),
    'chrome': (222, 225, 230, 255),
    'white': (248, 248, 246, 255), 'paper': (250, 246, 236, 255), 'wood': (158, 108, 66, 255), 'darkwood': (104, 68, 42, 255),
    'lightwood': (204, 164, 112, 255),
    'leather': (122, 76, 46, 255), 'skin': (232, 190, 160, 255), 'leaf': (72, 134, 66, 255), 'darkleaf': (44, 96, 52, 255), 'soil': (84, 60, 44, 255),
    'glass': (205, 226, 236, 120), 'water': (120, 186, 220, 150), 'screen': (28, 34, 48, 255), 'glow': (255, 240, 190, 255), 'flame': (250, 170, 40, 255),
    'gold': (208, 166, 72, 255), 'red': (204, 44, 44, 255), 'pink': (240, 150, 170, 255), 'blue': (60, 110, 190, 255), 'green': (70, 150, 80, 255),
    'yellow': (244, 206, 70, 255), 'orange': (238, 136, 46, 255), 'brown': (118, 74, 44, 255), 'cream': (244, 230, 200, 255), 'crust': (190, 126, 66, 255),
    'bone': (236, 226, 204, 255), 'rubber': (44, 44, 46, 255), 'stone': (164, 160, 152, 255), 'mirror': (208, 222, 230, 255), 'rope': (200, 170, 120, 255),
    'purple': (130, 80, 160, 255), 'meat': (176, 58, 58, 255), 'fat': (240, 214, 204, 255),
}

def tint(color: Sequence[int], by: float) -> RGBA:
    "`color` lighter (`by` > 0, towards white) or darker (`by` < 0, towards black)"
    r, g, b = color[:3]
    if by >= 0: r, g, b = (int(c + (255 - c) * by) for c in (r, g, b))
    else: r, g, b = (int(c * (1 + by)) for c in (r, g, b))
    return r, g, b, color[3] if len(color) > 3 else 255

def smooth(points: Sequence[Point], closed: bool, steps: int = 8) -> list[Point]:
    "Catmull-Rom spline through `points`"
    n, out = len(points), list[Point]()
    at = (lambda i: points[i % n]) if closed else (lambda i: points[min(max(i, 0), n - 1)])
    for i in range(n if closed else n - 1):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = at(i - 1), at(i), at(i + 1), at(i + 2)
        for k in range(steps):
            t = k / steps; a, b = t * t, t * t * t
            out.append((.5 * (2 * x1 + (x2 - x0) * t + (2 * x0 - 5 * x1 + 4 * x2 - x3) * a + (3 * x1 - x0 - 3 * x2 + x3) * b),
                        .5 * (2 * y1 + (y2 - y0) * t + (2 * y0 - 5 * y1 + 4 * y2 - y3) * a + (3 * y1 - y0 - 3 * y2 + y3) * b)))
    if not closed: out.append(points[-1])
    return out

def flipped(points: Sequence[Point]) -> list[Point]:
    "Mirror image across the vertical middle"
    return [(100 - x, y) for x, y in points]

class Sketch:
    "A transparent square on which a silhouette draws itself"
    def __init__(
        self,
        px: int,                             # side in pixels
        textures: Mapping[str, Image.Image], # `main`, `light`, `shade`: RGBA, px x px
        flat: Mapping[str, RGBA],            # product's own flat colours: `base`, `edge`, `second`, `deep`, `pale`
        rng: random.Random,
        features: Mapping[str, str],         # what must be visible, e.g. {'sleeve_length': 'Short'}
    ):
        self.px, self.k, self.textures, self.flat, self.rng, self.features = px, px / 100, textures, flat, rng, features
        self.image = Image.new('RGBA', (px, px))
        self.volume = 'flat'                 # how light falls on it: flat, tube, ball, cloth, none
        self.edges = True                    # outline the textured parts?
        self.worded = False                  # does something stand on it that must not be mirrored?

    @cached_property
    def ink(self) -> ImageDraw.ImageDraw: return ImageDraw.Draw(self.image)

    def chance(self, p: float) -> bool: return self.rng.random() < p
    def between(self, a: float, b: float) -> float: return a + (b - a) * self.rng.random()

    def pick(self, **hints: str) -> str:
        "The variant one of whose words (as `kind='word word'`) is in the name of the thing, else any of them"
        name = self.features.get('name', '').lower()
        for kind, words in hints.items():
            if any(w in name for w in words.split()): return kind
        return self.rng.choice(list(hints))

    def color(self, role: str | Sequence[int]) -> RGBA:
        if not isinstance(role, str): return (*role, 255) if len(role) == 3 else tuple(role)  # type: ignore[return-value,arg-type]
        return self.flat[role] if role in self.flat else FIXED[role]

    def _scaled(self, points: Sequence[Point]) -> list[Point]: return [(x * self.k, y * self.k) for x, y in points]

    def _fill(self, role, paint) -> None:
        "Call `paint(draw, colour)`; through a mask where the role has a texture or is see-through"
        if isinstance(role, str) and role in self.textures:
            mask = Image.new('L', (self.px, self.px)); paint(ImageDraw.Draw(mask), 255)
            self.image.paste(self.textures[role], (0, 0), mask)
        elif (c := self.color(role))[3] < 255:
            over = Image.new('RGBA', (self.px, self.px)); paint(ImageDraw.Draw(over), c)
            self.image.alpha_composite(over)
        else: paint(self.ink, c)

    def poly(self, points: Sequence[Point], role='main', edge: bool | None = None) -> None:
        "Filled polygon"
        xy = self._scaled(points)
        self._fill(role, lambda d, c: d.polygon(xy, fill=c))
        if edge if edge is not None else self.edges and role in self.textures:
            self.ink.line([*xy, xy[0]], fill=self.flat['edge'], width=max(1, round(.7 * self.k)), joint='curve')

    def blob(self, points: Sequence[Point], role='main', edge: bool | None = None) -> None:
        "Filled smooth outline through `points`"
        self.poly(smooth(points, True), role, edge)

    def oval(self, x0: float, y0: float, x1: float, y1: float, role='main', edge: bool | None = None) -> None:
        "Filled ellipse in a box"
        box = [x0 * self.k, y0 * self.k, x1 * self.k, y1 * self.k]
        self._fill(role, lambda d, c: d.ellipse(box, fill=c))
        if edge if edge is not None else self.edges and role in self.textures:
            self.ink.ellipse(box, outline=self.flat['edge'], width=max(1, round(.7 * self.k)))

    def disc(self, x: float, y: float, r: float, role='main', edge: bool | None = None) -> None: self.oval(x - r, y - r, x + r, y + r, role, edge)

    def ring(self, x: float, y: float, r: float, w: float, role='main', ry: float = 0) -> None:
        "Circle (or ellipse) drawn as a line of width `w`"
        ry = ry or r
        box = [(x - r) * self.k, (y - ry) * self.k, (x + r) * self.k, (y + ry) * self.k]
        self._fill(role, lambda d, c: d.ellipse(box, outline=c, width=max(1, round(w * self.k))))

    def rect(self, x0: float, y0: float, x1: float, y1: float, role='main', r: float = 0, edge: bool | None = None) -> None:
        "Filled rectangle with corners of radius `r`"
        box = [x0 * self.k, y0 * self.k, x1 * self.k, y1 * self.k]
        self._fill(role, lambda d, c: d.rounded_rectangle(box, r * self.k, fill=c))
        if edge if edge is not None else self.edges and role in self.textures:
            self.ink.rounded_rectangle(box, r * self.k, outline=self.flat['edge'], width=max(1, round(.7 * self.k)))

    def line(self, points: Sequence[Point], w: float = 2, role='edge', ends: bool = True) -> None:
        "Line of width `w` with round ends"
        xy, width = self._scaled(points), max(1, round(w * self.k))
        def paint(d, c):
            d.line(xy, fill=c, width=width, joint='curve')
            if ends and width > 3:
                for x, y in (xy[0], xy[-1]): d.ellipse([x - width / 2, y - width / 2, x + width / 2 - 1, y + width / 2 - 1], fill=c)
        self._fill(role, paint)

    def curve(self, points: Sequence[Point], w: float = 2, role='edge') -> None: self.line(smooth(points, False), w, role)

    def arc(self, x: float, y: float, r: float, start: float, end: float, w: float = 2, role='edge', ry: float = 0) -> None:
        "Arc of an ellipse, degrees clockwise from 3 o'clock"
        ry = ry or r
        n = max(4, int(abs(end - start) / 6))
        angles = [math.radians(start + (end - start) * i / n) for i in range(n + 1)]
        self.line([(x + r * math.cos(a), y + ry * math.sin(a)) for a in angles], w, role)

    def star(self, x: float, y: float, r: float, n: int = 5, inner: float = .45, role='main', turn: float = -90) -> None:
        "Star or gear of `n` points"
        spokes = [(r if i % 2 == 0 else r * inner, math.radians(turn + 180 * i / n)) for i in range(2 * n)]
        self.poly([(x + q * math.cos(a), y + q * math.sin(a)) for q, a in spokes], role)

    def text(self, x: float, y: float, words: str, height: float, role='black') -> None:
        "Words centred on a point"
        self.worded, font = True, ImageFont.load_default(max(6, int(height * self.k)))
        self.ink.text((x * self.k, y * self.k), words, fill=self.color(role), font=font, anchor='mm')
