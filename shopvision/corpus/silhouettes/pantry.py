"Food, and what stands in a bathroom"
from __future__ import annotations

import math

from shopvision.corpus.silhouettes.canvas import Sketch

def bone(s: Sketch) -> None:
    s.line([(26, 66), (74, 34)], 15, 'base')
    for x, y in ((20, 60), (27, 77), (80, 40), (73, 23)): s.disc(x, y, 11, 'main', False)
    s.line([(30, 60), (70, 33)], 2, 'pale')

def fruit(s: Sketch) -> None:
    s.volume = 'ball'; kind = s.rng.choice(('apple', 'pear', 'grapes', 'banana', 'citrus'))
    if kind == 'apple':
        s.blob([(50, 28), (66, 20), (88, 36), (84, 70), (64, 94), (50, 88), (36, 94), (16, 70), (12, 36), (34, 20)])
        s.curve([(50, 30), (50, 18), (56, 8)], 2.6, 'darkwood'); s.blob([(54, 18), (70, 6), (78, 10), (66, 20)], 'leaf')
    elif kind == 'pear':
        s.blob([(50, 16), (60, 26), (64, 46), (82, 70), (70, 94), (50, 97), (30, 94), (18, 70), (36, 46), (40, 26)])
        s.curve([(50, 18), (52, 8), (58, 4)], 2.6, 'darkwood'); s.blob([(52, 12), (66, 6), (72, 12), (60, 16)], 'leaf')
    elif kind == 'grapes':
        for r in range(5):
            for c in range(5 - r): s.disc(50 + (c - (4 - r) / 2) * 15, 34 + r * 13, 8.6)
        s.line([(50, 28), (50, 8)], 2.6, 'darkwood'); s.blob([(52, 16), (70, 6), (76, 18), (60, 24)], 'leaf')
    elif kind == 'banana':
        s.blob([(18, 18), (26, 16), (32, 46), (58, 70), (90, 74), (92, 80), (60, 90), (30, 74), (18, 46)]); s.rect(17, 10, 25, 20, 'darkwood', 1)
        s.curve([(24, 26), (36, 60), (84, 78)], 1, 'edge')
    else:
        s.disc(42, 44, 33); s.disc(66, 66, 27, 'light'); s.disc(66, 66, 22, 'main', False)
        for a in range(8): s.line([(66, 66), (66 + 20 * math.cos(a * .785), 66 + 20 * math.sin(a * .785))], 1.6, 'cream')
        s.blob([(44, 12), (58, 2), (66, 8), (54, 16)], 'leaf')

def vegetable(s: Sketch) -> None:
    s.volume = 'ball'; kind = s.rng.choice(('carrot', 'broccoli', 'pepper', 'aubergine'))
    if kind == 'carrot':
        for d in (-12, 0, 12): s.blob([(68, 32), (66 + d, 4), (76 + d, 4), (74, 32)], 'leaf')
        s.blob([(58, 26), (78, 34), (74, 48), (34, 82), (10, 94), (20, 70), (50, 34)])
        for x, y in ((54, 44), (42, 56), (32, 68)): s.line([(x, y), (x + 8, y + 5)], 1, 'edge')
    elif kind == 'broccoli':
        s.poly([(40, 56), (60, 56), (56, 94), (44, 94)], 'pale')
        for x, y, r in ((28, 48, 16), (72, 48, 16), (38, 30, 17), (62, 30, 17), (50, 46, 18), (50, 20, 12)): s.disc(x, y, r)
    elif kind == 'pepper':
        s.blob([(50, 26), (70, 20), (86, 40), (78, 80), (62, 94), (50, 88), (38, 94), (22, 80), (14, 40), (30, 20)])
        s.curve([(42, 28), (36, 60), (44, 88)], 1.2); s.curve([(58, 28), (64, 60), (56, 88)], 1.2); s.line([(50, 26), (52, 8)], 5, 'leaf')
    else:
        s.blob([(66, 22), (76, 34), (68, 62), (46, 92), (22, 90), (16, 70), (34, 50), (52, 30)])
        s.blob([(58, 26), (68, 14), (82, 22), (78, 38), (68, 32)], 'leaf'); s.line([(74, 20), (84, 6)], 4, 'leaf')

def bread(s: Sketch) -> None:
    s.volume = 'ball'
    if s.chance(.5):
        s.blob([(6, 60), (14, 38), (50, 30), (86, 38), (94, 60), (80, 76), (50, 80), (20, 76)])
        for x in (26, 42, 58, 72): s.curve([(x, 40), (x + 6, 52), (x + 4, 62)], 3, 'pale')
    else:
        s.blob([(16, 36), (28, 16), (50, 22), (72, 16), (84, 36), (78, 50), (80, 90), (50, 92), (20, 90), (22, 50)])
        s.blob([(24, 38), (32, 24), (50, 29), (68, 24), (76, 38), (71, 50), (73, 84), (50, 86), (27, 84), (29, 50)], 'pale')

def cheese(s: Sketch) -> None:
    s.poly([(6, 48), (80, 22), (94, 44)], 'light'); s.poly([(6, 48), (94, 44), (94, 78), (6, 84)])
    for x, y, r in ((28, 66, 7), (52, 58, 5), (70, 68, 8), (44, 76, 4), (86, 54, 4)): s.oval(x - r, y - r * .8, x + r, y + r * .8, 'shade')

def meat(s: Sketch) -> None:
    if s.chance(.6):
        s.blob([(10, 48), (26, 22), (58, 18), (88, 36), (92, 62), (70, 84), (40, 80), (16, 70)], 'fat')
        s.blob([(16, 49), (30, 28), (57, 24), (83, 40), (86, 60), (68, 78), (42, 74), (20, 66)], 'main'); s.disc(66, 46, 8, 'fat')
        s.disc(66, 46, 4, 'bone')
        for d in (0, 10, 20): s.curve([(30 + d, 40), (38 + d, 50), (34 + d, 62)], 1, 'fat')
    else:
        for y in (28, 48, 68):
            s.blob([(8, y), (30, y - 7), (70, y - 5), (92, y), (90, y + 9), (60, y + 8), (30, y + 7), (10, y + 10)])
            s.curve([(14, y), (40, y - 3), (80, y)], 1.2, 'pale')

def fish(s: Sketch) -> None:
    s.volume = 'ball'; s.poly([(70, 50), (97, 28), (92, 50), (97, 74)], 'shade')
    s.blob([(4, 52), (24, 32), (50, 28), (78, 46), (80, 54), (50, 74), (24, 70)]); s.poly([(40, 30), (56, 16), (62, 34)], 'shade')
    s.arc(20, 51, 14, -70, 70, 1.2, 'edge', 16); s.disc(15, 47, 3.2, 'white'); s.disc(15, 47, 1.7, 'black')
    for i in range(3): s.arc(40 + i * 10, 51, 8, -60, 60, .8, 'edge', 10)

def egg(s: Sketch) -> None:
    s.volume = 'ball'
    if s.chance(.5): s.blob([(50, 8), (72, 36), (78, 64), (66, 90), (50, 95), (34, 90), (22, 64), (28, 36)])
    else:
        for x in (22, 50, 78): s.blob([(x, 22), (x + 11, 40), (x + 12, 58), (x - 12, 58), (x - 11, 40)])
        s.rect(4, 52, 96, 82, 'grey', 5)
        for x in (22, 50, 78): s.arc(x, 53, 12, 0, 180, 1.4, 'dark', 8)

def cake(s: Sketch) -> None:
    if s.chance(.5):
        s.oval(6, 80, 94, 95, 'chrome'); s.rect(16, 48, 84, 86, 'main', 3); s.rect(16, 46, 84, 56, 'cream', 3)
        for x in range(20, 84, 12): s.oval(x - 5, 50, x + 5, 64, 'cream')
        s.rect(28, 26, 72, 48, 'light', 3)
        for x in (38, 50, 62): s.rect(x - 1.4, 12, x + 1.4, 27, 'blue'); s.oval(x - 1.8, 5, x + 1.8, 12, 'flame')
    else:
        s.poly([(26, 56), (74, 56), (66, 95), (34, 95)], 'crust')
        for x in range(30, 74, 7): s.line([(x, 57), (50 + (x - 50) * .72, 94)], 1, 'brown')
        s.oval(20, 42, 80, 66); s.oval(27, 28, 73, 52); s.oval(35, 14, 65, 38, 'light'); s.disc(50, 13, 6, 'red')

def chocolate(s: Sketch) -> None:
    s.rect(20, 10, 80, 92, 'main', 2)
    for x in (24, 42, 60):
        for y in (14, 31, 48): s.rect(x, y, x + 16, y + 14, 'light', 1)
    s.poly([(18, 66), *[(18 + i * 4, 62 + (3 if i % 2 else 0)) for i in range(17)], (82, 94), (18, 94)], 'metal')
    s.rect(18, 72, 82, 95, s.rng.choice(('red', 'purple', 'blue', 'gold')))

def cookie(s: Sketch) -> None:
    for x, y, r in ((62, 62, 32), (38, 42, 32)):
        s.disc(x, y, r)
        for a in range(6): s.disc(x + r * .6 * math.cos(a * 1.1 + r), y + r * .6 * math.sin(a * 1.1 + r), 3.6, 'brown')
        s.disc(x, y, 3.4, 'brown')

def pill(s: Sketch) -> None:
    s.volume = 'ball'; s.line([(26, 68), (50, 44)], 26, 'base'); s.line([(50, 44), (72, 22)], 26, 'white')
    s.line([(22, 62), (66, 16)], 3, (255, 255, 255, 120)); s.disc(72, 76, 16, 'paper'); s.line([(61, 76), (83, 76)], 1.4, 'grey')

def soap(s: Sketch) -> None:
    s.volume = 'ball'; s.rect(10, 38, 90, 82, 'main', 16); s.rect(20, 46, 80, 74, 'light', 10)
    s.text(50, 60, s.rng.choice(('soap', 'SAVON', 'pure', 'olive')), 12, 'edge')
    for x, y, r in ((22, 28, 8), (36, 20, 5), (76, 26, 7), (88, 34, 4)): s.disc(x, y, r, (255, 255, 255, 190))

def lipstick(s: Sketch) -> None:
    s.volume = 'tube'; s.rect(36, 56, 64, 96, 'black', 2); s.rect(39, 40, 61, 58, 'gold', 1)
    s.poly([(41, 40), (41, 20), (56, 6), (59, 14), (59, 40)])

def mascara(s: Sketch) -> None:
    s.volume = 'tube'; s.rect(22, 6, 40, 96, 'main', 6); s.line([(22, 54), (40, 54)], 1.2, 'gold'); s.rect(60, 50, 78, 96, 'main', 6)
    s.rect(67.6, 36, 70.4, 52, 'dark')
    for y in range(5, 38, 2): s.line([(63 + abs(y - 20) * .08, y), (75 - abs(y - 20) * .08, y + 1)], 1.4, 'black')

def razor(s: Sketch) -> None:
    s.rect(24, 8, 76, 24, 'main', 4)
    for y in (12, 16, 20): s.line([(28, y), (72, y)], 1.2, 'chrome')
    s.poly([(44, 24), (56, 24), (54, 40), (46, 40)], 'dark'); s.blob([(45, 38), (55, 38), (58, 66), (54, 96), (46, 96), (42, 66)])
    for y in range(52, 84, 6): s.line([(46, y), (54, y)], 1.4, 'black')

def toothbrush(s: Sketch) -> None:
    s.line([(18, 88), (76, 22)], 7, 'base'); s.line([(66, 33), (88, 8)], 10, 'base')
    for i in range(6): s.line([(66 + i * 4, 26 - i * 4.6), (58 + i * 4, 18 - i * 4.6)], 3, 'white' if i % 2 else 'mirror')
    s.line([(24, 80), (48, 53)], 2, 'pale')

def incense(s: Sketch) -> None:
    s.blob([(4, 80), (50, 76), (96, 80), (90, 90), (10, 90)]); s.oval(20, 78, 40, 84, 'shade')
    for x in (44, 58, 72): s.line([(30, 80), (x, 24)], 1.8, 'brown')
    for x in (44, 58, 72): s.disc(x, 23, 2, 'flame')
    for x in (44, 58, 72): s.curve([(x, 20), (x - 4, 12), (x + 3, 4)], 1.6, (180, 180, 186, 190))
