"Furniture, light, cloth and plants"
from __future__ import annotations

import math

from shopvision.corpus.silhouettes.canvas import Sketch, flipped

LEGS = ('wood', 'darkwood', 'lightwood', 'black', 'metal')

def chair(s: Sketch) -> None:
    legs, kind = s.rng.choice(LEGS), s.pick(dining='dining folding stool bench', office='office salon wheel', arm='armchair recliner rocking car seat lounger')
    if kind == 'office':
        s.line([(50, 62), (50, 82)], 4, 'dark')
        for x in (24, 38, 62, 76): s.line([(50, 82), (x, 90)], 3, 'dark'); s.disc(x, 93, 3.4, 'black')
        s.rect(32, 6, 68, 52, 'main', 8); s.rect(26, 54, 74, 66, 'light', 6); s.line([(22, 42), (22, 58), (30, 62)], 3.4, 'dark')
        s.line([(78, 42), (78, 58), (70, 62)], 3.4, 'dark')
    elif kind == 'dining':
        for x, y in ((32, 92), (68, 92), (26, 96), (76, 96)): s.line([(x + (50 - x) * .12, 54), (x, y)], 3.6, legs)
        s.poly([(32, 8), (68, 8), (66, 54), (34, 54)]); s.poly([(34, 52), (68, 52), (78, 64), (24, 64)], 'light')
        if s.chance(.4):
            for x in (41, 50, 59): s.line([(x, 12), (x, 50)], 1)
    else:
        for x in (24, 76): s.line([(x, 80), (x, 95)], 4, legs)
        s.rect(24, 14, 76, 66, 'main', 12); s.rect(12, 42, 30, 84, 'main', 8); s.rect(70, 42, 88, 84, 'main', 8); s.rect(28, 54, 72, 72, 'light', 6)
        s.rect(28, 70, 72, 84, 'shade', 2)

def sofa(s: Sketch) -> None:
    s.volume = 'cloth'
    for x in (14, 86): s.line([(x, 76), (x, 86)], 4, s.rng.choice(LEGS))
    n = s.rng.choice((2, 3))
    s.rect(10, 28, 90, 72, 'main', 8)
    for i in range(n): w = 68 / n; s.rect(16 + i * w, 30, 16 + (i + 1) * w, 58, 'main', 5); s.rect(16 + i * w, 54, 16 + (i + 1) * w, 68, 'light', 4)
    s.rect(4, 42, 18, 78, 'main', 6); s.rect(82, 42, 96, 78, 'main', 6); s.rect(16, 67, 84, 78, 'shade', 1)
    if s.chance(.5): s.poly([(22, 40), (36, 38), (38, 54), (24, 56)], 'second')

def table(s: Sketch) -> None:
    if s.features.get('shape') == 'Round' or s.chance(.35):
        s.rect(46, 40, 54, 88, 'shade'); s.oval(28, 82, 72, 95, 'shade'); s.oval(6, 30, 94, 52); s.oval(6, 27, 94, 49, 'light')
    else:
        for x in (14, 26, 74, 86):
            s.poly([(x - 2.6, 44), (x + 2.6, 44), (x + 1.6, 92 if x in (14, 86) else 82), (x - 1.6, 92 if x in (14, 86) else 82)], 'shade')
        s.poly([(20, 28), (80, 28), (96, 44), (4, 44)], 'light'); s.rect(4, 44, 96, 50)

def desk(s: Sketch) -> None:
    s.rect(8, 44, 13, 94, 'shade'); s.rect(60, 46, 92, 92, 'main')
    for y in (50, 64, 78): s.rect(63, y, 89, y + 12, 'light'); s.line([(72, y + 6), (80, y + 6)], 1.6, 'metal')
    s.poly([(10, 34), (90, 34), (96, 42), (4, 42)], 'light'); s.rect(4, 42, 96, 48)
    if s.chance(.5): s.rect(26, 12, 54, 30, 'screen', 1); s.rect(38, 30, 42, 36, 'dark')

def bed(s: Sketch) -> None:
    frame = s.rng.choice(('wood', 'darkwood', 'lightwood', 'shade'))
    s.rect(8, 20, 92, 62, frame, 5); s.rect(6, 74, 94, 86, frame, 2); s.rect(8, 86, 13, 94, 'darkwood'); s.rect(87, 86, 92, 94, 'darkwood')
    s.poly([(12, 50), (88, 50), (95, 78), (5, 78)], 'main'); s.poly([(14, 46), (86, 46), (89, 56), (11, 56)], 'white')
    for x in (17, 53): s.rect(x, 36, x + 30, 52, 'white', 6); s.arc(x + 15, 44, 12, 20, 160, .8, 'grey', 6)
    s.poly([(11, 58), (89, 58), (95, 80), (5, 80)], 'main'); s.poly([(11, 58), (89, 58), (90, 63), (10, 63)], 'light')

def shelf(s: Sketch) -> None:
    s.rect(16, 6, 84, 95, 'shade'); s.rect(20, 9, 80, 92, 'deep'); s.rect(16, 6, 21, 95); s.rect(79, 6, 84, 95); s.rect(16, 5, 84, 10)
    for y in (34, 62, 90): s.rect(16, y, 84, y + 5)
    for y in (34, 62, 90):
        x = 23.
        while x < 70 and s.chance(.9):
            w, h = s.between(3, 7), s.between(12, 20)
            s.rect(x, y - h, x + w, y, s.rng.choice(('red', 'blue', 'green', 'cream', 'orange', 'white', 'grey'))); x += w + (8 if s.chance(.2) else .6)

def cabinet(s: Sketch) -> None:
    for x in (22, 76): s.rect(x, 88, x + 4, 96, 'darkwood')
    s.rect(14, 12, 86, 90, 'main', 2); s.rect(12, 9, 88, 15, 'light', 1)
    if s.chance(.5):
        for x in (18, 51): s.rect(x, 19, x + 31, 86, 'light', 1)
        s.disc(46, 52, 1.8, 'gold'); s.disc(54, 52, 1.8, 'gold')
    else:
        for y in (19, 42, 65): s.rect(18, y, 82, y + 20, 'light', 1); s.line([(44, y + 10), (56, y + 10)], 2.2, 'metal')

def lamp(s: Sketch) -> None:
    kind = s.pick(table='table sconce', floor='floor studio', pendant='pendant')
    if kind == 'pendant':
        s.line([(50, 2), (50, 40)], 1.4, 'black'); s.blob([(44, 38), (56, 38), (82, 74), (50, 78), (18, 74)]); s.oval(19, 68, 81, 80, 'glow')
    else:
        base = 62 if kind == 'table' else 34; s.rect(48, base - 18, 52, 90, s.rng.choice(('gold', 'black', 'wood', 'metal')))
        s.oval(34, 86, 66, 96, s.rng.choice(('gold', 'black', 'wood', 'metal')))
        if kind == 'table': s.oval(36, 58, 64, 92, 'shade')
        s.poly([(36, base - 54 if kind == 'table' else 6), (64, base - 54 if kind == 'table' else 6), (78, base - 6), (22, base - 6)])
        s.line([(24, base - 6), (76, base - 6)], 2, 'glow')

def rug(s: Sketch) -> None:
    if s.features.get('shape') == 'Round' or s.chance(.25):
        s.oval(4, 22, 96, 80); s.ring(50, 51, 40, 2, 'second', 25); s.ring(50, 51, 30, 1, 'second', 18)
    else:
        s.poly([(16, 26), (84, 26), (96, 80), (4, 80)]); s.line([(20, 31), (80, 31), (90, 75), (10, 75), (20, 31)], 1.6, 'second')
        s.line([(26, 37), (74, 37), (81, 69), (19, 69), (26, 37)], .8, 'second')
        for i in range(24):
            s.line([(5 + i * 3.9, 80), (4.4 + i * 3.95, 85)], .8, 'cream'); s.line([(17 + i * 2.9, 26), (17.4 + i * 2.85, 23)], .7, 'cream')

def curtain(s: Sketch) -> None:
    s.volume = 'cloth'; s.line([(4, 8), (96, 8)], 2.6, 'dark'); s.disc(4, 8, 3, 'dark'); s.disc(96, 8, 3, 'dark')
    half = [(8, 9), (47, 9), (44, 40), (32, 58), (38, 95), (10, 95)] if s.chance(.5) else [(8, 9), (47, 9), (46, 95), (8, 95)]
    for pts in (half, flipped(half)): s.poly(pts)
    for x in (14, 21, 28, 35): s.line([(x, 10), (x * .9 + 2, 94)], .9); s.line([(100 - x, 10), (100 - x * .9 - 2, 94)], .9)

def pillow(s: Sketch) -> None:
    s.volume = 'ball'; s.blob([(12, 16), (50, 22), (88, 16), (83, 50), (88, 86), (50, 80), (12, 86), (17, 50)]); s.line([(16, 20), (24, 28)], .8)
    s.line([(84, 20), (76, 28)], .8); s.line([(16, 82), (24, 74)], .8); s.line([(84, 82), (76, 74)], .8)

def blanket(s: Sketch) -> None:
    s.volume = 'cloth'
    s.rect(12, 62, 88, 80, 'main', 7); s.rect(12, 46, 88, 64, 'light', 7); s.rect(12, 30, 88, 48, 'main', 7)
    s.blob([(14, 32), (50, 28), (60, 32), (56, 60), (58, 88), (30, 90), (14, 88)], 'light')
    for x in range(16, 58, 4): s.line([(x, 88), (x - .6, 95)], 1, 'edge')

def candle(s: Sketch) -> None:
    s.volume = 'tube'
    if s.chance(.5):
        s.rect(24, 40, 76, 94, 'main', 5); s.oval(24, 33, 76, 47, 'light'); s.rect(32, 56, 68, 80, 'paper', 1)
        s.text(50, 66, s.rng.choice(('glow', 'calm', 'home', 'hygge')), 9, 'dark')
    else: s.rect(36, 34, 64, 94, 'main', 2); s.oval(36, 29, 64, 39, 'light'); s.blob([(62, 36), (66, 50), (62, 54)], 'light')
    y = 38 if s.color('base') else 34; s.line([(50, y), (50, y - 9)], 1.2, 'black')
    s.blob([(50, y - 28), (56, y - 14), (50, y - 7), (44, y - 14)], 'flame'); s.blob([(50, y - 20), (53, y - 13), (50, y - 8), (47, y - 13)], 'glow')

def _bloom(s: Sketch, x: float, y: float, r: float, role: str = 'main') -> None:
    for i in range(6): a = i * math.pi / 3 + .3; s.disc(x + r * .62 * math.cos(a), y + r * .62 * math.sin(a), r * .5, role)
    s.disc(x, y, r * .34, 'yellow')

def vase(s: Sketch) -> None:
    s.volume = 'tube'
    if s.chance(.6):
        for x, y in ((40, 14), (52, 8), (62, 16)):
            s.line([(50, 40), (x, y)], 1.2, 'leaf'); s.oval(x - 4, y - 6, x + 4, y + 4, s.rng.choice(('pink', 'cream', 'leaf')))
    if s.chance(.5): s.blob([(42, 34), (58, 34), (56, 46), (74, 66), (66, 92), (34, 92), (26, 66), (44, 46)])
    else: s.blob([(36, 34), (64, 34), (62, 60), (68, 92), (32, 92), (38, 60)])
    s.oval(41, 31, 59, 37, 'deep')

def plant(s: Sketch) -> None:
    kind = s.rng.choice(('leaves', 'cactus', 'snake'))
    if kind == 'cactus':
        s.oval(38, 14, 62, 74, 'leaf'); s.blob([(62, 46), (74, 44), (74, 30), (80, 30), (80, 50), (62, 56)], 'leaf')
        for y in range(22, 64, 8): s.line([(46, y), (48, y + 3)], .8, 'cream'); s.line([(54, y + 3), (56, y)], .8, 'cream')
    elif kind == 'snake':
        for x, t in ((40, 10), (50, 4), (60, 12), (33, 26), (68, 24)):
            s.poly([(x + (50 - x) * .4 - 4, 68), (x, t), (x + (50 - x) * .4 + 4, 68)], 'darkleaf')
            s.line([(x + (50 - x) * .4, 66), (x, t + 6)], 1.6, 'leaf')
    else:
        for i in range(9):
            a = math.pi * (1.06 + .88 * i / 8); ex, ey = 50 + 38 * math.cos(a), 58 + 46 * math.sin(a)
            s.curve([(50, 66), (50 + (ex - 50) * .4, (ey + 56) / 2 - 6), (ex, ey)], 1.2, 'darkleaf')
            s.blob([(ex, ey), (ex + 9, ey + 6), (50 + (ex - 50) * .55, ey + 14), (ex - 9, ey + 6)], 'leaf' if i % 2 else 'darkleaf')
    s.poly([(30, 66), (70, 66), (64, 95), (36, 95)]); s.rect(28, 62, 72, 70, 'light', 1)

def flower(s: Sketch) -> None:
    if s.pick(single='bulb', bunch='artificial bouquet') == 'single':
        s.curve([(50, 40), (52, 66), (48, 96)], 2.4, 'darkleaf'); s.blob([(50, 74), (66, 60), (76, 62), (62, 76)], 'leaf')
        for i in range(10):
            a = i * math.pi / 5
            s.oval(50 + 19 * math.cos(a) - 10, 30 + 19 * math.sin(a) - 10, 50 + 19 * math.cos(a) + 10, 30 + 19 * math.sin(a) + 10)
        s.disc(50, 30, 9, 'yellow')
    else:
        for x, y in ((30, 30), (50, 20), (70, 30), (40, 42), (60, 42)): s.line([(x, y), (50, 88)], 1.6, 'darkleaf')
        s.poly([(26, 52), (74, 52), (56, 95), (44, 95)], 'paper')
        for x, y in ((30, 32), (50, 22), (70, 32), (40, 44), (60, 44)): _bloom(s, x, y, 13)
        s.line([(42, 76), (58, 76)], 3, 'red')

def tree(s: Sketch) -> None:
    if s.pick(fir='christmas', leafy='leaf') == 'fir':
        s.rect(46, 84, 54, 96, 'darkwood')
        for y, w in ((62, 34), (42, 27), (22, 19)): s.poly([(50, y - 18), (50 + w, y + 24), (50 - w, y + 24)], 'main')
        if s.chance(.6):
            for x, y in ((44, 36), (58, 48), (40, 60), (56, 68), (34, 78), (66, 80)): s.disc(x, y, 2.4, s.rng.choice(('red', 'gold', 'blue')))
            s.star(50, 5, 5, role='gold')
    else:
        s.poly([(46, 60), (54, 60), (57, 95), (43, 95)], 'wood')
        for x, y, r in ((34, 46, 20), (64, 46, 20), (50, 28, 23)): s.disc(x, y, r, 'main')

def frame(s: Sketch) -> None:
    s.rect(16, 8, 84, 92); s.rect(22, 14, 78, 86, 'white', edge=True); s.rect(29, 22, 71, 78, (150, 196, 222, 255))
    if s.chance(.5): s.poly([(29, 78), (29, 62), (42, 46), (54, 62), (62, 54), (71, 66), (71, 78)], 'green'); s.disc(60, 34, 5, 'yellow')
    else: s.rect(29, 22, 71, 78, 'cream'); s.blob([(36, 70), (40, 36), (58, 30), (64, 56), (54, 72)], 'orange'); s.ring(52, 46, 12, 2, 'dark')

def clock(s: Sketch) -> None:
    if s.chance(.2) and not s.features.get('name', ''):
        s.rect(8, 30, 92, 70, 'main', 6); s.rect(13, 35, 87, 65, 'screen', 3); s.text(50, 50, '07:30', 22, 'red')
        return
    s.disc(50, 50, 44); s.disc(50, 50, 37, 'white')
    for i in range(12):
        a = i * math.pi / 6
        s.line([(50 + 30 * math.cos(a), 50 + 30 * math.sin(a)), (50 + 34 * math.cos(a), 50 + 34 * math.sin(a))], 2 if i % 3 else 3, 'black')
    s.line([(50, 50), (36, 40)], 3, 'black'); s.line([(50, 50), (66, 28)], 2.2, 'black'); s.line([(50, 50), (52, 78)], .9, 'red')
    s.disc(50, 50, 2.4, 'black')

def mirror(s: Sketch) -> None:
    if s.features.get('shape') == 'Rectangular' or s.chance(.4): s.rect(22, 6, 78, 94, 'main', 4); s.rect(27, 11, 73, 89, 'mirror', 2)
    else:
        if s.chance(.4): s.oval(16, 6, 84, 94)
        else: s.disc(50, 50, 44)
        if s.chance(.4): s.oval(22, 12, 78, 88, 'mirror')
        else: s.disc(50, 50, 38, 'mirror')
    s.line([(36, 62), (56, 30)], 3, (255, 255, 255, 170)); s.line([(46, 68), (62, 42)], 1.6, (255, 255, 255, 170))

def basket(s: Sketch) -> None:
    s.arc(50, 44, 30, 180, 360, 4, 'shade', 36); s.poly([(12, 44), (88, 44), (80, 90), (20, 90)])
    for y in range(50, 90, 6): s.line([(13 + (y - 44) * .17, y), (87 - (y - 44) * .17, y)], .9)
    for x in range(16, 88, 6): s.line([(x, 46), (50 + (x - 50) * .8, 90)], .9)
    s.rect(10, 40, 90, 48, 'shade', 3)

def bin(s: Sketch) -> None:
    s.volume = 'tube'
    s.poly([(24, 28), (76, 28), (70, 94), (30, 94)]); s.blob([(22, 28), (50, 14), (78, 28), (50, 30)], 'light'); s.rect(20, 25, 80, 32, 'shade', 3)
    if s.chance(.5): s.rect(40, 92, 60, 97, 'black', 1)
    else:
        for x in (38, 50, 62): s.line([(x, 38), (50 + (x - 50) * .85, 88)], 1.2)

def bucket(s: Sketch) -> None:
    s.volume = 'tube'; s.arc(50, 34, 35, 180, 360, 2, 'metal', 28); s.poly([(16, 34), (84, 34), (72, 94), (28, 94)]); s.oval(16, 26, 84, 42, 'light')
    s.oval(20, 29, 80, 41, 'deep'); s.line([(20, 46), (80, 46)], 1)

def towel(s: Sketch) -> None:
    s.volume = 'cloth'
    if s.chance(.5):
        s.line([(8, 12), (92, 12)], 3.4, 'metal'); s.poly([(22, 10), (78, 10), (78, 92), (22, 92)]); s.rect(22, 74, 78, 80, 'light')
        s.rect(22, 82, 78, 84, 'shade')
    else:
        for y in (30, 50, 70): s.rect(14, y, 86, y + 19, 'main', 9); s.line([(20, y + 10), (82, y + 10)], .8)
        s.rect(14, 84, 86, 88, 'shade', 2)

def fabric(s: Sketch) -> None:
    s.volume = 'cloth'; s.blob([(8, 30), (40, 24), (92, 34), (86, 60), (94, 88), (52, 82), (10, 92), (16, 60)])
    s.curve([(20, 36), (40, 56), (30, 86)], .9); s.curve([(56, 30), (64, 56), (58, 80)], .9); s.curve([(78, 36), (74, 60), (82, 84)], .9)

def tent(s: Sketch) -> None:
    s.poly([(50, 18), (96, 84), (4, 84)]); s.poly([(50, 18), (66, 84), (34, 84)], 'deep'); s.poly([(50, 18), (34, 84), (22, 84)], 'light')
    s.line([(4, 84), (0, 92)], 1, 'dark'); s.line([(96, 84), (100, 92)], 1, 'dark'); s.line([(50, 18), (50, 12)], 1.4, 'dark')

def mat(s: Sketch) -> None:
    if s.chance(.6):
        s.rect(20, 34, 92, 84, 'main', 2); s.rect(10, 30, 28, 88, 'shade', 9); s.ring(19, 42, 5, 1.4, 'deep'); s.ring(19, 42, 2, 1, 'deep')
    else: s.poly([(20, 30), (80, 30), (96, 78), (4, 78)]); s.text(50, 54, s.rng.choice(('WELCOME', 'hello', 'HOME')), 12, 'second')

def tap(s: Sketch) -> None:
    s.rect(24, 80, 70, 88, 'shade', 2); s.rect(38, 38, 52, 82, 'main', 2); s.arc(62, 38, 17, 180, 350, 10, 'base', 24)
    s.rect(74, 36, 84, 50, 'main', 1); s.line([(36, 52), (22, 46)], 5, 'base'); s.blob([(79, 56), (82, 64), (79, 68), (76, 64)], 'water')

def ladder(s: Sketch) -> None:
    s.line([(60, 8), (88, 95)], 4, 'shade'); s.line([(52, 8), (80, 95)], 3, 'shade')
    for i in range(6): s.line([(42 - i * 4.6, 18 + i * 14), (58 - i * 3, 18 + i * 14)], 4, 'base')
    s.line([(42, 6), (12, 95)], 5, 'base'); s.line([(58, 6), (44, 95)], 5, 'base'); s.rect(38, 4, 64, 11, 'light', 1)
